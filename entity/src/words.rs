//! The words of the domain: each is stored as its name in capitals, shown so in the schema, and read so by imports.

use sea_orm::{ActiveEnum, DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident,)* })*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumIter, DeriveActiveEnum, async_graphql::Enum)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[sea_orm(rs_type = "String", db_type = "custom(\"word\")", rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// As it is stored and shown.
            #[must_use]
            pub fn word(self) -> String {
                self.to_value()
            }
        }
    )* };
}

words! {
    /// Role of an account in its company. An account may have several roles.
    Role {
        /// Operator of the service. Sees every company.
        Operator,
        /// Administrator of one company's programme: settings, keys and all HR functions.
        Admin,
        /// Human resources: people, memberships, events, opportunities, referrals, reasons for leaving.
        Hr,
        /// Recruiter: opportunities and referrals.
        Recruiter,
        /// Community supporter: events and the members' directory.
        Supporter,
        /// Current employee. Sees members, events and opportunities, and refers candidates.
        Employee,
        /// Former employee with a profile and a membership. Sees members, events and opportunities, and refers candidates.
        Alumnus,
    }

    /// What a person is to the company now. For an alumnus it follows the membership's state.
    Standing {
        /// Works here.
        Employee,
        /// Left and may become a member; not yet asked.
        Candidate,
        /// Was asked to join.
        Invited,
        /// Active member.
        Active,
        /// A member who asked for quiet: hidden from the directory.
        Paused,
        /// The membership ran out.
        Expired,
        /// Left the programme.
        Withdrawn,
        /// Asked for erasure; only what the law keeps is left.
        Erased,
    }

    /// State of a membership.
    MembershipState {
        /// Former employee who may become a member and has not been invited yet.
        Candidate,
        /// Invited to join, without a response yet.
        Invited,
        /// Active member.
        Active,
        /// Paused member: hidden from the directory and not contacted.
        Paused,
        /// Expired after its last day.
        Expired,
        /// Withdrawn by the alumnus.
        Withdrawn,
        /// Data of the person was erased.
        Erased,
        /// Employed by the company again.
        Rehired,
    }

    /// An intent of an alumnus. Only the alumnus sets it.
    Intent {
        /// Return as an employee.
        Rehire,
        /// Contract work (業務委託).
        Contract,
        /// Business collaboration.
        Collaboration,
        /// Mentoring current employees or other alumni.
        Mentor,
        /// Speaking at events.
        Speak,
        /// Only staying in contact.
        NetworkOnly,
    }

    /// Audience of a profile field. The person always sees the field.
    Audience {
        /// Only the person.
        OnlyMe,
        /// Staff with `alumni:read`; for `INTENTS`, staff with `intents:read`.
        Hr,
        /// `HR`, and the company's employees.
        Employees,
        /// `HR`, and alumni who are members.
        Alumni,
        /// `HR`, employees, and alumni who are members.
        Members,
    }

    /// A profile field with an audience set by the person. Names are visible to everyone who sees the person.
    ProfileField {
        /// `personalEmail`.
        PersonalEmail,
        /// `phone`.
        Phone,
        /// `otherName`. Also controls search by this field.
        OtherName,
        /// `location`.
        Location,
        /// `currentEmployer`. Also controls search by this field.
        CurrentEmployer,
        /// `currentTitle`. Also controls search by this field.
        CurrentTitle,
        /// `headline`.
        Headline,
        /// `biography`.
        Biography,
        /// `links`.
        Links,
        /// `languages`.
        Languages,
        /// `skills`. Also controls filters by this field.
        Skills,
        /// `intents`. Also controls filters by this field.
        Intents,
        /// `employments` and `leftOn`. Also controls filters and orders by these fields. `ONLY_ME` is rejected, because the company records these facts.
        Employments,
    }

    /// A personal field of an `Alumnus` or `Employee`, as recorded in the access log.
    PersonalField {
        /// `displayName`.
        DisplayName,
        /// `familyName`.
        FamilyName,
        /// `givenName`.
        GivenName,
        /// `familyNameKana`.
        FamilyNameKana,
        /// `givenNameKana`.
        GivenNameKana,
        /// `familyNameRomaji`.
        FamilyNameRomaji,
        /// `givenNameRomaji`.
        GivenNameRomaji,
        /// `otherName`.
        OtherName,
        /// `personalEmail`.
        PersonalEmail,
        /// `workEmail`.
        WorkEmail,
        /// `phone`.
        Phone,
        /// `employeeNumber`.
        EmployeeNumber,
        /// `location`.
        Location,
        /// `currentEmployer`.
        CurrentEmployer,
        /// `currentTitle`.
        CurrentTitle,
        /// `headline`.
        Headline,
        /// `biography`.
        Biography,
        /// `links`.
        Links,
        /// `languages`.
        Languages,
        /// `leftOn`.
        LeftOn,
        /// `employments`, by any path.
        Employments,
        /// `membership`, by any path.
        Membership,
        /// `skills`.
        Skills,
        /// `intents`.
        Intents,
        /// Entries of the access log about the person.
        AccessLog,
        /// `Referral.candidateName` of an external candidate.
        CandidateName,
        /// `Referral.candidateEmail` of an external candidate.
        CandidateEmail,
        /// `Referral.recommendation`.
        Recommendation,
        /// `Referral.steps`: stages of the referral and their notes.
        ReferralSteps,
        /// Consent states and consent ledger entries of the person.
        Consents,
        /// Statements in the person's application to join.
        MembershipApplication,
    }

    /// Purpose of a consent. Each purpose is specified and granted separately, and data is used only for its purpose (APPI Articles 17 and
    /// 18). No consent depends on another (GDPR Article 7(2), (4)). Not granted until the alumnus consents.
    ConsentPurpose {
        /// Membership in the programme. Granted by `membershipAccept`, withdrawn by `membershipWithdraw`.
        Membership,
        /// Listing in the directory for employees and for alumni who are members. Without it, the person does not appear there as a member.
        Directory,
        /// News by e-mail.
        EmailNews,
        /// Invitations to engagement events.
        Events,
        /// Job offers: recruiters see the profile and the intent `REHIRE`.
        JobOffers,
        /// Offers of contract work (業務委託): recruiters see the profile and the intent `CONTRACT`.
        ContractOffers,
        /// Visibility to recruiters as the candidate of a referral.
        ReferralAsCandidate,
        /// Invitations to surveys.
        Survey,
        /// Publication of the person's story.
        StoryPublication,
        /// Completion of the profile from public sources.
        DataEnrichment,
    }

    /// Decision of a person about a purpose.
    ConsentDecision {
        /// Consent granted.
        Granted,
        /// Consent refused or withdrawn.
        Withdrawn,
    }

    /// State of a consent.
    ConsentState {
        /// No decision yet. Counts as not granted.
        NotAsked,
        /// Granted under a notice that is still valid.
        Granted,
        /// Refused or withdrawn.
        Withdrawn,
        /// Granted under an earlier notice. Counts as not granted until the person consents to the new notice.
        Superseded,
    }

    /// Channel by which a consent decision reached the company.
    ConsentChannel {
        /// The person's own login.
        Portal,
        /// E-mail.
        Email,
        /// Signed paper.
        Paper,
        /// Phone.
        Phone,
        /// Import from another system.
        Import,
        /// Reported by another system as it happened.
        Api,
    }

    /// Type of employment.
    EmploymentType {
        /// Regular employee without a fixed end (正社員).
        Regular,
        /// Fixed-term employee (契約社員).
        FixedTerm,
        /// Part-time or hourly employee (パート, アルバイト).
        PartTime,
        /// Temporary employee of an agency (派遣).
        Dispatched,
        /// Independent contractor (業務委託).
        Contractor,
        /// Intern.
        Intern,
        /// Board member or officer (役員).
        Executive,
        /// Other or unknown.
        Other,
    }

    /// Type of leave: how an employment ended.
    LeaveType {
        /// Resignation (自己都合).
        Voluntary,
        /// Termination by the company (会社都合).
        Involuntary,
        /// Retirement by age (定年).
        Retirement,
        /// End of a fixed-term contract (契約満了).
        ContractEnd,
        /// Mutual agreement.
        Mutual,
        /// Transfer within the company group (転籍).
        Transfer,
        /// Death. The person never becomes a member.
        Death,
        /// Other or unknown.
        Other,
    }

    /// Level of a skill, as stated by the person.
    SkillLevel {
        /// Knows the basics.
        Basic,
        /// Uses it at work.
        Working,
        /// Advises others.
        Advanced,
        /// Recognized authority.
        Expert,
    }

    /// Kind of an engagement event.
    EngagementEventKind {
        /// Seminar with a speaker.
        Seminar,
        /// Meetup.
        Meetup,
        /// Online seminar.
        Webinar,
        /// Confidential talk about careers between alumni and employees.
        CareerTalk,
        /// Volunteering for a good cause.
        Volunteering,
        /// A survey round.
        SurveyRound,
    }

    /// State of an engagement event.
    EngagementEventState {
        /// Draft, visible only to organisers.
        Draft,
        /// Published. People may respond.
        Published,
        /// Cancelled.
        Cancelled,
    }

    /// Response of a person to an engagement event.
    ParticipationState {
        /// Has a place.
        Going,
        /// On the waiting list, because all places are taken. Free places are assigned in the order of the list.
        Waiting,
        /// Undecided. Has no place.
        Maybe,
        /// Declined, or the place or waiting-list entry was released (`releasedAt`).
        Declined,
    }

    /// Kind of an opportunity.
    OpportunityKind {
        /// A position for a returning alumnus, or for a referred candidate.
        Rehire,
        /// Contract work (業務委託).
        Contract,
        /// Business collaboration.
        Collaboration,
        /// Speaking at an event.
        Speaking,
        /// Mentoring.
        Mentoring,
    }

    /// State of an opportunity.
    OpportunityState {
        /// Draft, visible only to recruiters.
        Draft,
        /// Open for referrals.
        Open,
        /// Closed. Accepts no more referrals.
        Closed,
    }

    /// Stage of a referral.
    ReferralStage {
        /// Submitted.
        Submitted,
        /// Under review by a recruiter.
        Screening,
        /// Interviews with the candidate.
        Interviewing,
        /// The candidate has an offer.
        Offered,
        /// The candidate was hired. Final.
        Hired,
        /// Rejected by the company. Final.
        Rejected,
        /// Withdrawn by the referrer or the candidate. Final.
        Withdrawn,
        /// The candidate was already referred for the same opportunity. Final.
        Duplicate,
    }

    /// Kind of request about personal data.
    DataRequestKind {
        /// Export of all data about the person in a machine-readable file.
        Export,
        /// Correction of data that the company keeps.
        Correction,
        /// Restriction: the data is stored but not processed.
        Restriction,
        /// Erasure of all data that is not legally retained.
        Erasure,
    }

    /// State of a data request.
    DataRequestState {
        /// Received. The identity of the requester is not verified yet.
        Received,
        /// The identity of the requester is verified.
        IdentityVerified,
        /// In progress by a handler.
        InProgress,
        /// Fulfilled completely.
        Fulfilled,
        /// Fulfilled except for the part named in `answer`. An erasure has this state while data is legally retained.
        PartlyRefused,
        /// Refused, for the reason in `answer`.
        Refused,
        /// Withdrawn.
        Withdrawn,
    }

    /// Origin of a data request.
    DataRequestOrigin {
        /// The person's own login.
        Own,
        /// Letter, mail or conversation, recorded by the company.
        Letter,
        /// The company's retention rules, without a request.
        Retention,
    }

    /// State of a candidate invitation.
    CandidateInvitationState {
        /// No response yet. Visible only to its sender.
        Waiting,
        /// Accepted: the company has the referral.
        Accepted,
        /// Refused, or the acceptance was withdrawn. The candidate's data is deleted.
        Refused,
        /// Expired without a response. The candidate's data is deleted.
        Expired,
        /// Withdrawn by the sender before a response. The candidate's data is deleted.
        Withdrawn,
    }

    /// What accepting an invitation creates.
    InvitationKind {
        /// An account with granted roles, by `accountClaim`.
        Account,
        /// A membership in the programme, by `membershipJoin`.
        Membership,
    }

    /// State of an application to join the alumni programme.
    MembershipApplicationState {
        /// Waiting for a review.
        Pending,
        /// Approved: the person is invited, and the login that applied can join. Final.
        Approved,
        /// Rejected with a reason. Final.
        Rejected,
        /// Withdrawn by the applicant before it was reviewed. Final.
        Withdrawn,
    }

    /// Reason for the rejection of an application to join.
    MembershipApplicationRejection {
        /// The company has no record of an employment.
        NotEmployedHere,
        /// The statements do not prove the applicant's identity.
        CannotVerifyIdentity,
        /// The person is already a member, or has another application.
        Duplicate,
        /// Another reason; see the note.
        Other,
    }

    /// A fact that an application shares with a person of the company.
    IdentityFact {
        /// Employee number.
        EmployeeNumber,
        /// The verified e-mail address is the person's private one.
        PersonalEmail,
        /// The verified e-mail address is the person's work address.
        WorkEmail,
        /// Full name as written, or its kana reading. Ignores case and width.
        Name,
        /// Former or other name of one equals the former, other or full name of the other.
        OtherName,
    }

    /// Kind of a message.
    DeliveryKind {
        /// An invitation to become an account of the company.
        AccountInvitation,
        /// An invitation to join the alumni programme.
        MembershipInvitation,
        /// A reminder of an invitation to join that has no answer yet.
        MembershipReminder,
        /// A notice that a membership ends soon.
        MembershipExpiring,
        /// A notice that an application to join was approved, with the link to join.
        MembershipApplicationApproved,
        /// A notice that an application to join was rejected, with the reason.
        MembershipApplicationRejected,
        /// A test of the mail settings.
        Test,
    }

    /// State of a delivery.
    DeliveryState {
        /// Waiting for the next attempt.
        Pending,
        /// Claimed by a sender. If that sender stops, another one claims the delivery after the lease ends.
        Sending,
        /// The mail server accepted the message. Final.
        Sent,
        /// Rejected by the mail server, or no attempt of the allowed number succeeded. `deliveryRetry` queues it again.
        Failed,
        /// Not sent before its expiry time. `deliveryRetry` queues it again.
        Expired,
        /// Deliberately not sent; `reason` states why. Final.
        Suppressed,
        /// The address is not a valid e-mail address. `deliveryRetry` queues it again with a corrected one.
        Undeliverable,
        /// Development only: the message was logged and stored, because no mail server is configured. Final.
        NotSent,
    }

    /// Reason for the state of a delivery.
    DeliveryReason {
        /// The mail server rejected the message; `serverAnswer` contains its answer.
        Rejected,
        /// The allowed number of attempts was used.
        TooManyAttempts,
        /// The stored message cannot be decrypted with the service's current secret.
        Unreadable,
        /// The invitation was revoked or replaced.
        Cancelled,
        /// Data of the person was erased.
        Erased,
        /// The person has died.
        Deceased,
        /// The person's data is restricted.
        Restricted,
        /// The person has paused the membership.
        Paused,
        /// The person has not consented to messages of this purpose.
        NoConsent,
        /// The message no longer applies to the person, for example a reminder after joining.
        NotApplicable,
        /// The address is not a valid e-mail address.
        InvalidAddress,
    }

    /// Result of one attempt to send a message.
    DeliveryOutcome {
        /// The mail server accepted the message.
        Sent,
        /// The mail server asked for a later attempt (4xx).
        Deferred,
        /// The mail server rejected the message (5xx).
        Rejected,
        /// The connection was lost before the mail server answered.
        ConnectionLost,
        /// The sender stopped before it recorded a result. The mail server may have accepted the message.
        Unknown,
    }

    /// Subject of a change.
    SubjectKind {
        /// A company.
        Company,
        /// A department.
        Department,
        /// A person: alumnus or employee.
        Person,
        /// A membership.
        Membership,
        /// An engagement event.
        EngagementEvent,
        /// One person's participation.
        Participation,
        /// An opportunity.
        Opportunity,
        /// A referral.
        Referral,
        /// A skill.
        Skill,
        /// An API key.
        ApiKey,
        /// A data request.
        DataRequest,
        /// An entry of the consent ledger.
        Consent,
        /// A consent notice.
        ConsentNotice,
        /// An invitation to an external candidate to consent to a referral.
        CandidateInvitation,
        /// An account: a login of the company.
        Account,
        /// An invitation to an account or to a membership.
        Invitation,
        /// An identity provider.
        IdentityProvider,
        /// A message to one recipient.
        Delivery,
        /// An application to join the alumni programme.
        MembershipApplication,
        /// A run of an HR system.
        SyncRun,
    }

    /// The result of one row of `workersSync` or of an imported file.
    WorkerSyncStatus {
        /// The worker was not known in this source: a person was created.
        Created,
        /// Something was changed.
        Updated,
        /// All of it was stored already, or there is nothing to keep (a worker who died and was never known).
        Unchanged,
        /// Refused; nothing of the row was stored. See `errors`.
        Invalid,
        /// Older, by `sourceUpdatedAt`, than what was taken over before; nothing of the row was stored. Nothing needs to be done.
        Stale,
        /// Nothing was stored: a person with the same id, number or address was erased. Do not send the worker again. An employment that began after
        /// the erasure is stored.
        Suppressed,
    }

    /// The state of a sync run.
    SyncRunState {
        /// More rows may come. If none came for an hour, the run is closed as `FAILED`.
        Running,
        /// All rows came. Some may be `INVALID`.
        Completed,
        /// It ended before all rows came. What was stored until then stays stored.
        Failed,
    }

    /// What an undo did to a person or employment that a sync run created.
    SyncUndoOutcome {
        /// Removed.
        Undone,
        /// Kept: the person joined the programme.
        KeptJoined,
        /// Kept: an invitation, a login, an answer to an event, a referral, a consent, a message or a data request belongs to the person.
        KeptReferenced,
        /// Kept: the person, the membership or the employment was changed since, or belongs to another run or source as well.
        KeptChanged,
        /// Kept: the run also changed another employment of the person. That is not reverted, and the person's standing follows from both.
        KeptUpdated,
    }

    /// Purpose of an identity provider.
    IdentityProviderPurpose {
        /// Sign-in of employees by the company's single sign-on.
        Employees,
        /// Sign-in of alumni. Such a provider gives no roles and provisions no employees.
        Alumni,
    }

    /// Source of an identity provider's configuration.
    IdentityProviderSource {
        /// Configuration file of the service, edited by its operator.
        Configuration,
        /// Database, edited by mutations.
        Database,
    }

    /// Source of an identity provider's public keys.
    IdentityProviderKeySource {
        /// OpenID Connect discovery: `{issuer}/.well-known/openid-configuration`.
        Discovery,
        /// A configured URL.
        JwksUrl,
        /// A file of the service, named in its configuration file.
        JwksFile,
    }

    /// How a first sign-in through an identity provider creates the account of an employee.
    IdentityProviderProvisioning {
        /// No automatic creation: an invitation is required.
        Off,
        /// By the verified e-mail address, if it is the work e-mail address of exactly one current employee.
        WorkEmail,
        /// By the employee number, if exactly one current employee has it.
        EmployeeNumber,
    }

    /// Signature algorithm of an identity provider's tokens.
    SigningAlgorithm {
        /// RSASSA-PKCS1-v1_5 with SHA-256, with keys of 2048 to 8192 bits.
        #[graphql(name = "RS256")]
        Rs256,
        /// ECDSA with P-256 and SHA-256.
        #[graphql(name = "ES256")]
        Es256,
        /// `EdDSA` with Ed25519.
        #[graphql(name = "EDDSA")]
        Eddsa,
    }

    /// Kind of actor that made a change.
    ActorKind {
        /// An authenticated account.
        Account,
        /// A system with an API key.
        ApiKey,
        /// The service itself, for example a job or a command-line import.
        System,
    }
}
