//! Where anything is held of a person: each table by each column that points at people, what an export tells of it and what an erasure
//! leaves of it. A table or column that points at people and is not here fails a law (`tests/it/laws/holdings.rs`), and so does a table
//! that is neither here nor among [`NOBODYS`].

/// One table, by one way in which its rows are somebody's.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// The table.
    pub table: &'static str,
    /// How a row is the person's.
    pub way: Way,
    /// What an export tells of it.
    pub export: Export,
    /// What an erasure does to it.
    pub erasure: Erasure,
}

/// How a row is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A column of it names the person.
    Column(&'static str),
    /// A column of it names a login of the person's.
    Login(&'static str),
    /// A row of another table, which it names, is theirs.
    Through {
        /// The column that names the other row.
        column: &'static str,
        /// The other table, whose key is `id`.
        table: &'static str,
        /// The other table's column that names the person.
        person: &'static str,
    },
}

/// What an export tells.
#[derive(Clone, Copy, Debug)]
pub enum Export {
    /// A section of rows.
    Section(Section),
    /// Nothing.
    LeftOut {
        /// The store's name, as a receipt has it.
        store: &'static str,
        /// Why, as an export says it.
        why: &'static str,
    },
}

/// A section of an export.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Its name; stays.
    pub name: &'static str,
    /// What it is held for.
    pub purpose: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Columns not told: others' data, and what only the machine needs.
    pub without: &'static [&'static str],
    /// Names of what columns point at: column, table, its column, the name it is told under.
    pub names: &'static [[&'static str; 4]],
    /// Told to the person's own login alone: they keep it from the company, too.
    pub own_login_only: bool,
}

/// What an erasure does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// The rows go.
    Delete,
    /// The rows stay and all their columns are emptied but these.
    Blank {
        /// What stays.
        keep: &'static [&'static str],
        /// What stays as long as the law keeps the facts of employments.
        duty: &'static [&'static str],
    },
    /// These columns are emptied; the rows are others' as well.
    Empty(&'static [&'static str]),
    /// The rows go once the law no longer keeps the facts of employments.
    Duty,
    /// The rows stay: they hold nothing of the person but an id behind which nothing is left.
    Stay(&'static str),
}

const SYSTEM: &str = "the company's HR system, or what HR wrote";
const OWN: &str = "the person";
const PROGRAMME: &str = "the programme itself";
const MEMBERSHIP: &str = "running the alumni programme";

const SECTION: Section = Section {
    name: "",
    purpose: MEMBERSHIP,
    source: PROGRAMME,
    without: &[],
    names: &[],
    own_login_only: false,
};

/// All of them, in the order of an export. An erasure goes the other way round.
pub const HOLDINGS: &[Holding] = &[
    Holding {
        table: "person",
        way: Way::Column("id"),
        export: Export::Section(Section {
            name: "profile",
            source: "the company's HR system until the person joined, the person since",
            // who sees which field is told in words instead (`export`), as consents are in their own section; the rest serves searches alone
            without: &[
                "sort_name",
                "grams",
                "grams_names",
                "grams_other_name",
                "grams_employer",
                "visibility_chosen",
                "seen_by_hr",
                "seen_by_employees",
                "seen_by_alumni",
                "consents",
            ],
            ..SECTION
        }),
        erasure: Erasure::Blank {
            keep: &[
                "id",
                "company_id",
                "standing",
                "left_on",
                "restricted_at",
                "created_at",
                "updated_at",
                "version",
            ],
            // who sees what is the person's choice still, where something is left to see
            duty: &["family_name", "given_name", "seen_by_hr"],
        },
    },
    Holding {
        table: "external_identity",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "externalIdentities",
            purpose: "knowing the person again when the HR system sends them",
            source: SYSTEM,
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "employment",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "employments",
            purpose: "facts of employment: who may join, and the record the law asks for",
            source: SYSTEM,
            names: &[["department_id", "department", "name", "departmentName"]],
            ..SECTION
        }),
        erasure: Erasure::Duty,
    },
    Holding {
        table: "membership",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "membership",
            source: "what the person answered, and the rules of the programme",
            ..SECTION
        }),
        erasure: Erasure::Blank {
            keep: &[
                "id",
                "company_id",
                "person_id",
                "state",
                "created_at",
                "updated_at",
                "version",
            ],
            duty: &[],
        },
    },
    Holding {
        table: "account",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "logins",
            purpose: "logging in",
            source: "the identity provider",
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "invitation",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "invitations",
            purpose: "inviting the person to join, or to sign in",
            source: "the company, who invited them",
            without: &["link_hash", "account_id"],
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "invitation",
        way: Way::Login("account_id"),
        export: Export::LeftOut {
            store: "invitationsAccepted",
            why: "They are in the section of invitations.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "membership_application",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "membershipApplications",
            purpose: "reviewing the person's application to join",
            source: "the person, and who reviewed it",
            without: &["reviewer_account_id"],
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "membership_application",
        way: Way::Login("reviewer_account_id"),
        export: Export::LeftOut {
            store: "membershipApplicationsReviewed",
            why: "What others stated in their applications is in their exports.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "person_skill",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "skills",
            source: OWN,
            names: &[["skill_id", "skill", "name", "skillName"]],
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "person_intent",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "intents",
            purpose: "offering what the person is open to",
            source: OWN,
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "block",
        way: Way::Column("blocker_id"),
        export: Export::Section(Section {
            name: "blocks",
            purpose: "hiding two people from each other",
            source: OWN,
            own_login_only: true,
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "block",
        way: Way::Column("blocked_id"),
        export: Export::LeftOut {
            store: "blocksByOthers",
            why: "Who blocks whom is told to nobody but who blocks.",
        },
        erasure: Erasure::Delete,
    },
    Holding {
        table: "participation",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "participations",
            purpose: "places at events",
            source: "the person; organisers who saw them there",
            names: &[["event_id", "engagement_event", "title", "eventTitle"]],
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "engagement_event",
        way: Way::Column("host_id"),
        export: Export::Section(Section {
            name: "eventsHosted",
            purpose: "saying who holds an event",
            source: "organisers",
            without: &[
                "description",
                "summary",
                "online_url",
                "going_count",
                "waiting_count",
                "capacity",
                "cancelled_reason",
            ],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["host_id"]),
    },
    Holding {
        table: "opportunity",
        way: Way::Column("contact_id"),
        export: Export::Section(Section {
            name: "opportunitiesToAskAbout",
            purpose: "saying whom to ask",
            source: "recruiters",
            without: &["description", "summary", "department_id"],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["contact_id"]),
    },
    Holding {
        table: "referral",
        way: Way::Column("referrer_id"),
        export: Export::Section(Section {
            name: "referralsMade",
            purpose: "filling positions",
            source: OWN,
            without: &["candidate_name", "candidate_email", "candidate_key"],
            names: &[["opportunity_id", "opportunity", "title", "opportunityTitle"]],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["recommendation"]),
    },
    Holding {
        table: "referral",
        way: Way::Column("candidate_id"),
        export: Export::Section(Section {
            name: "referralsReceived",
            purpose: "filling positions",
            source: "who recommended the person",
            without: &["referrer_id", "candidate_key"],
            names: &[["opportunity_id", "opportunity", "title", "opportunityTitle"]],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["recommendation"]),
    },
    Holding {
        table: "referral_step",
        way: Way::Through {
            column: "referral_id",
            table: "referral",
            person: "candidate_id",
        },
        export: Export::Section(Section {
            name: "referralSteps",
            purpose: "filling positions",
            source: "recruiters, and who recommended the person",
            without: &["actor_id"],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["note"]),
    },
    Holding {
        table: "referral_step",
        way: Way::Column("actor_id"),
        export: Export::Section(Section {
            name: "referralStepsTaken",
            purpose: "knowing who decided",
            source: OWN,
            // what was written of candidates is theirs
            without: &["note"],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["actor_id", "note"]),
    },
    Holding {
        table: "candidate_invitation",
        way: Way::Column("referrer_id"),
        export: Export::Section(Section {
            name: "candidatesAsked",
            purpose: "asking people outside whether they want to be recommended",
            source: OWN,
            // the candidates' own, and what only the machine needs
            without: &[
                "candidate_name",
                "candidate_email",
                "candidate_key",
                "link_hash",
            ],
            names: &[["opportunity_id", "opportunity", "title", "opportunityTitle"]],
            // whom they asked the company learns by a yes alone
            own_login_only: true,
        }),
        // what waited for an answer was ended before: of the rest the company shows that the candidates consented
        erasure: Erasure::Stay("the candidates' consent, without a word of the person's"),
    },
    Holding {
        table: "data_request",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "dataRequests",
            purpose: "answering what the person asks about their data",
            source: "the person, and who handled it",
            without: &[
                "link_hash",
                "link_account_id",
                "link_expires_at",
                "handler_id",
            ],
            ..SECTION
        }),
        erasure: Erasure::Empty(&[
            "wish",
            "extension_reason",
            "identity_proof",
            "answer",
            "link_hash",
            "link_account_id",
            "link_expires_at",
        ]),
    },
    Holding {
        table: "data_request",
        way: Way::Column("handler_id"),
        export: Export::LeftOut {
            store: "requestsHandled",
            why: "What others asked about their data is theirs.",
        },
        erasure: Erasure::Empty(&["handler_id"]),
    },
    Holding {
        table: "data_request",
        way: Way::Login("link_account_id"),
        export: Export::LeftOut {
            store: "requestLinks",
            why: "What others asked about their data is theirs.",
        },
        erasure: Erasure::Stay("the id of a login that ended; gone with the link's use"),
    },
    Holding {
        table: "change",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "changes",
            purpose: "telling other systems and auditors what happened, without saying what",
            source: PROGRAMME,
            without: &["actor_id", "request_id", "transaction_id"],
            ..SECTION
        }),
        erasure: Erasure::Stay("names of kinds and fields, and ids behind which nothing is left"),
    },
    Holding {
        table: "change",
        way: Way::Login("actor_id"),
        export: Export::LeftOut {
            store: "changesMade",
            why: "What the person did to others' data is in others' exports.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "access_log_entry",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "accessLog",
            purpose: "knowing who read the person's data by their office, and what of it",
            source: PROGRAMME,
            without: &["reader_id", "request_id", "referral_id"],
            ..SECTION
        }),
        erasure: Erasure::Stay("names of fields, and an id behind which nothing is left"),
    },
    Holding {
        table: "access_log_entry",
        way: Way::Login("reader_id"),
        export: Export::LeftOut {
            store: "readings",
            why: "Whom the person read by their office is in others' exports.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "consent",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "consents",
            purpose: "showing to what the person said yes, and under which words",
            source: "the person, or whoever wrote down what they said",
            without: &["actor_id"],
            ..SECTION
        }),
        // what the company did on the person's word it must be able to show; what proved it goes
        erasure: Erasure::Empty(&["proof"]),
    },
    Holding {
        table: "consent",
        way: Way::Login("actor_id"),
        export: Export::LeftOut {
            store: "consentsRecorded",
            why: "What the person wrote down for others is in others' exports.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "delivery",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "deliveries",
            purpose: "sending messages to the person, and showing which were sent",
            // what only the sender needs, and the address of a link that is a secret
            without: &[
                "dedupe_key",
                "sealed",
                "lease_owner",
                "subject_id",
                "attempt_limit",
            ],
            ..SECTION
        }),
        erasure: Erasure::Empty(&["recipient", "parameters", "sealed", "server_answer"]),
    },
    Holding {
        table: "delivery_attempt",
        way: Way::Through {
            column: "delivery_id",
            table: "delivery",
            person: "person_id",
        },
        export: Export::Section(Section {
            name: "deliveryAttempts",
            purpose: "showing when messages to the person were sent",
            source: "the mail server",
            ..SECTION
        }),
        erasure: Erasure::Empty(&["server_answer"]),
    },
    Holding {
        table: "sync_run_result",
        way: Way::Column("person_id"),
        export: Export::Section(Section {
            name: "syncRunResults",
            purpose: "showing what the HR system sent and when, and undoing it",
            source: SYSTEM,
            // what only an undo needs
            without: &["person_edited", "employment_edited", "membership_edited"],
            names: &[["run_id", "sync_run", "source", "source"]],
            ..SECTION
        }),
        erasure: Erasure::Delete,
    },
    Holding {
        table: "sync_run",
        way: Way::Login("actor_id"),
        export: Export::LeftOut {
            store: "syncRunsSent",
            why: "What the person sent by their office is the company's.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
    Holding {
        table: "notice",
        way: Way::Login("actor_id"),
        export: Export::LeftOut {
            store: "noticesPublished",
            why: "What the person published by their office is the company's.",
        },
        erasure: Erasure::Stay("the id of a login that ended"),
    },
];

/// Tables that hold nothing of a person, and why.
pub const NOBODYS: &[(&str, &str)] = &[
    ("company", "of the company"),
    ("department", "of the company"),
    ("skill", "words; who holds which is in `person_skill`"),
    ("api_key", "of systems"),
    ("retention_policy", "of the company"),
    ("identity_provider", "settings of the company"),
    ("tombstone", "salted hashes that point at nobody"),
    ("notice_text", "words that a company publishes"),
    (
        "seal",
        "hashes over changes, in which a person is an id alone",
    ),
];
