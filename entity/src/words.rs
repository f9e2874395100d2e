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
    /// What an account may do in its company. An account may hold several.
    Role {
        /// Runs the service; sees every company.
        Operator,
        /// Administers one company's programme: settings, keys, and all that HR may do.
        Admin,
        /// Human resources: people, memberships, events, opportunities, referrals, reasons of leaving.
        Hr,
        /// Fills positions: opportunities and referrals.
        Recruiter,
        /// Animates the community: events and the members' directory.
        Supporter,
        /// Works at the company: sees members, events and opportunities, refers candidates.
        Employee,
        /// Left the company: owns a profile and a membership, sees members, events and opportunities, refers candidates.
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
        /// A member.
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

    /// Where a membership stands.
    MembershipState {
        /// Left the company and may become a member; not yet asked.
        Candidate,
        /// Asked to join, no answer yet.
        Invited,
        /// A member.
        Active,
        /// A member who asked for quiet: hidden from the directory, contacted by nobody.
        Paused,
        /// Ran out at its date.
        Expired,
        /// The alumnus left the programme.
        Withdrawn,
        /// The person's data was erased.
        Erased,
        /// The alumnus works at the company again.
        Rehired,
    }

    /// What an alumnus is open to. Only the alumnus sets it.
    Intent {
        /// Coming back as an employee.
        Rehire,
        /// Contract work (業務委託).
        Contract,
        /// Doing business together.
        Collaboration,
        /// Mentoring current employees or other alumni.
        Mentor,
        /// Speaking at events.
        Speak,
        /// Only staying in touch.
        NetworkOnly,
    }

    /// Who sees a field of a person's profile. The person themselves always does.
    Audience {
        /// Nobody else.
        OnlyMe,
        /// The company's staff with `alumni:read`, for `INTENTS` with `intents:read`.
        Hr,
        /// They, and the company's employees.
        Employees,
        /// They, and the alumni who are members.
        Alumni,
        /// They, the employees and the alumni who are members.
        Members,
    }

    /// A field of a profile whose audience the person sets. Names are shown to whoever sees the person at all.
    ProfileField {
        /// `personalEmail`.
        PersonalEmail,
        /// `phone`.
        Phone,
        /// `otherName`; also whether a search finds the person by it.
        OtherName,
        /// `location`.
        Location,
        /// `currentEmployer`; also whether a search finds the person by it.
        CurrentEmployer,
        /// `currentTitle`; also whether a search finds the person by it.
        CurrentTitle,
        /// `headline`.
        Headline,
        /// `biography`.
        Biography,
        /// `links`.
        Links,
        /// `languages`.
        Languages,
        /// `skills`; also whether a filter finds the person by them.
        Skills,
        /// `intents`; also whether a filter finds the person by them.
        Intents,
        /// `employments` and `leftOn`; also whether a filter or an order by them counts the person. The company holds these facts itself, so `ONLY_ME` is refused.
        Employments,
    }

    /// A field of an `Alumnus` or an `Employee` that says something of the person, as the access log tells which were read.
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
        /// `employments`, whichever way a stint was read.
        Employments,
        /// `membership`, whichever way it was read.
        Membership,
        /// `skills`.
        Skills,
        /// `intents`.
        Intents,
        /// Entries of the access log that tell who read the person.
        AccessLog,
        /// `Referral.candidateName`, of someone outside.
        CandidateName,
        /// `Referral.candidateEmail`, of someone outside.
        CandidateEmail,
        /// `Referral.recommendation`: what is said of the candidate.
        Recommendation,
        /// `Referral.steps`: how the candidate fared, and what was noted on the way.
        ReferralSteps,
        /// Where the person stands with the purposes of consent, and entries of their ledger.
        Consents,
        /// What the person stated in an application to join.
        MembershipApplication,
    }

    /// What a company asks an alumnus's consent for. Each is asked for and given by itself: a purpose is specified (APPI Article 17), what is held for it is used
    /// for nothing else (Article 18), and no consent is tied to another (GDPR Article 7(2), (4)). All are off until the alumnus says yes.
    ConsentPurpose {
        /// Being a member of the programme. Given by joining (`membershipAccept`), withdrawn by leaving (`membershipWithdraw`).
        Membership,
        /// Being shown in the directory to employees and to alumni who are members. Without it one is to them as somebody who is no member.
        Directory,
        /// News by e-mail.
        EmailNews,
        /// Invitations to engagement events.
        Events,
        /// Offers of a position: recruiters see the profile, and that one is open to coming back (intent `REHIRE`).
        JobOffers,
        /// Offers of contract work (業務委託): recruiters see the profile, and that one is open to it (intent `CONTRACT`).
        ContractOffers,
        /// Being shown to recruiters as the candidate of a referral.
        ReferralAsCandidate,
        /// Being asked in surveys.
        Survey,
        /// One's story being published.
        StoryPublication,
        /// The profile being filled in from public sources.
        DataEnrichment,
    }

    /// What a person said of a purpose.
    ConsentDecision {
        /// Yes.
        Granted,
        /// No, or no longer.
        Withdrawn,
    }

    /// Where a consent stands now.
    ConsentState {
        /// Nothing was said of it, which is no.
        NotAsked,
        /// Said yes, under a notice that still holds.
        Granted,
        /// Said no, or no longer.
        Withdrawn,
        /// Said yes to an earlier notice; a later one asks again, and until it is answered this is no.
        Superseded,
    }

    /// How a consent reached the company.
    ConsentChannel {
        /// The person's own login.
        Portal,
        /// A letter by e-mail.
        Email,
        /// A signed paper.
        Paper,
        /// Said on the phone.
        Phone,
        /// Brought over from another system.
        Import,
        /// Told by another system as it happened.
        Api,
    }

    /// How a person was employed.
    EmploymentType {
        /// A regular employee without a fixed end (正社員).
        Regular,
        /// A fixed-term employee (契約社員).
        FixedTerm,
        /// Part time or hourly (パート, アルバイト).
        PartTime,
        /// Sent by an agency (派遣).
        Dispatched,
        /// An independent contractor (業務委託).
        Contractor,
        /// An intern.
        Intern,
        /// A board member or officer (役員).
        Executive,
        /// Anything else, or not said.
        Other,
    }

    /// How an employment ended.
    LeaveType {
        /// The person resigned (自己都合).
        Voluntary,
        /// The company ended it (会社都合).
        Involuntary,
        /// Retirement by age (定年).
        Retirement,
        /// A fixed term ran out (契約満了).
        ContractEnd,
        /// By agreement of both.
        Mutual,
        /// Moved to a company of the same group (転籍).
        Transfer,
        /// The person died. Never becomes a member.
        Death,
        /// Anything else, or not said.
        Other,
    }

    /// How well a person holds a skill, by their own word.
    SkillLevel {
        /// Knows the ground.
        Basic,
        /// Uses it at work.
        Working,
        /// Others ask them.
        Advanced,
        /// Sets the standard.
        Expert,
    }

    /// What kind of engagement event it is.
    EngagementEventKind {
        /// People learn from a speaker.
        Seminar,
        /// People meet.
        Meetup,
        /// A seminar online.
        Webinar,
        /// A confidential talk about careers between alumni and employees.
        CareerTalk,
        /// Working together for a good cause.
        Volunteering,
        /// A round of a survey.
        SurveyRound,
    }

    /// Where an engagement event stands.
    EngagementEventState {
        /// Being prepared; seen by organisers only.
        Draft,
        /// Announced; people may answer.
        Published,
        /// Called off.
        Cancelled,
    }

    /// Where one person stands with one engagement event.
    ParticipationState {
        /// Has a place.
        Going,
        /// Wants a place; all are taken. Places that come free are given in the order of waiting.
        Waiting,
        /// Not sure yet; holds no place.
        Maybe,
        /// Does not come, or the place or the wait was released (`releasedAt`).
        Declined,
    }

    /// What the company offers.
    OpportunityKind {
        /// A position for a returning alumnus, or for a referred candidate.
        Rehire,
        /// Contract work (業務委託).
        Contract,
        /// Doing business together.
        Collaboration,
        /// Speaking at an event.
        Speaking,
        /// Mentoring.
        Mentoring,
    }

    /// Where an opportunity stands.
    OpportunityState {
        /// Being prepared; seen by recruiters only.
        Draft,
        /// Takes referrals.
        Open,
        /// Takes no more referrals.
        Closed,
    }

    /// Where a referral stands.
    ReferralStage {
        /// Handed in.
        Submitted,
        /// A recruiter looks at it.
        Screening,
        /// The company talks with the candidate.
        Interviewing,
        /// The candidate has an offer.
        Offered,
        /// The candidate was hired. Final.
        Hired,
        /// The company said no. Final.
        Rejected,
        /// The referrer or the candidate took it back. Final.
        Withdrawn,
        /// The same candidate was already referred for the same opportunity. Final.
        Duplicate,
    }

    /// What a person may ask about the data held of them.
    DataRequestKind {
        /// All that is held, in a file that machines read.
        Export,
        /// To set right what the company keeps.
        Correction,
        /// To keep the data and do nothing else with it.
        Restriction,
        /// To delete what no law makes the company keep.
        Erasure,
    }

    /// Where a data request stands.
    DataRequestState {
        /// Came in; whether it is the person who asks has yet to be made sure.
        Received,
        /// It is the person who asks.
        IdentityVerified,
        /// Somebody works on it.
        InProgress,
        /// Done, wholly.
        Fulfilled,
        /// Done but for what `answer` names. An erasure stands here as long as a law keeps something.
        PartlyRefused,
        /// Not done, for the reason in `answer`.
        Refused,
        /// The person took it back.
        Withdrawn,
    }

    /// How a data request came.
    DataRequestOrigin {
        /// By the person's own login.
        Own,
        /// By letter, mail or word of mouth; somebody at the company wrote it down.
        Letter,
        /// By the company's retention rules; nobody asked.
        Retention,
    }

    /// Where the question stands whether somebody outside wants to be recommended.
    CandidateInvitationState {
        /// Not answered: nobody but who asks knows of it.
        Waiting,
        /// The candidate said yes: the company has their referral.
        Accepted,
        /// The candidate said no, or took their yes back: nothing is left of them.
        Refused,
        /// Nobody answered in time: nothing is left of the candidate.
        Expired,
        /// Taken back by who asked, before there was an answer: nothing is left of the candidate.
        Withdrawn,
    }

    /// What accepting an invitation creates.
    InvitationKind {
        /// An account with granted roles: `accountClaim`.
        Account,
        /// A membership in the programme: `membershipJoin`.
        Membership,
    }

    /// State of an application to join the alumni programme.
    MembershipApplicationState {
        /// Waits for a review.
        Pending,
        /// Approved: the person is invited, and the login that applied can join. Final.
        Approved,
        /// Rejected; the reason is given. Final.
        Rejected,
        /// Withdrawn by the applicant before it was reviewed. Final.
        Withdrawn,
    }

    /// Why an application to join was rejected.
    MembershipApplicationRejection {
        /// The company has no record of an employment.
        NotEmployedHere,
        /// What was stated does not prove who the applicant is.
        CannotVerifyIdentity,
        /// The person is a member already, or has another application.
        Duplicate,
        /// Another reason; see the note.
        Other,
    }

    /// What an application has in common with a person of the company.
    IdentityFact {
        /// The employee number.
        EmployeeNumber,
        /// The verified e-mail address is the person's private one.
        PersonalEmail,
        /// The verified e-mail address is the person's address at the company.
        WorkEmail,
        /// The whole name as written, or its reading in kana. Case and width do not matter.
        Name,
        /// The former or other name of one is the former, other or whole name of the other.
        OtherName,
    }

    /// What a message is for.
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
        /// A message that tests the mail settings.
        Test,
    }

    /// The state of a delivery.
    DeliveryState {
        /// Waits for its next attempt.
        Pending,
        /// A sender has claimed it. If that sender stops, another one claims it after the lease ends.
        Sending,
        /// The mail server accepted the message. Final.
        Sent,
        /// The mail server rejected the message, or no attempt of the allowed number succeeded. `deliveryRetry` queues it again.
        Failed,
        /// The message was not sent before the time after which it is of no use. `deliveryRetry` queues it again.
        Expired,
        /// The message was not sent on purpose; `reason` says why. Final.
        Suppressed,
        /// The address is not a valid e-mail address. `deliveryRetry` queues it again with a corrected one.
        Undeliverable,
        /// Development only: no mail server is set, so the message was logged and kept. Final.
        NotSent,
    }

    /// Why a delivery has its state.
    DeliveryReason {
        /// The mail server rejected the message; `serverAnswer` is its answer.
        Rejected,
        /// The allowed number of attempts is used.
        TooManyAttempts,
        /// The stored message cannot be read with the service's current secret.
        Unreadable,
        /// The invitation was revoked or replaced.
        Cancelled,
        /// The person's data was erased.
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

    /// The result of one attempt to send a message.
    DeliveryOutcome {
        /// The mail server accepted the message.
        Sent,
        /// The mail server asked to try later (4xx).
        Deferred,
        /// The mail server rejected the message (5xx).
        Rejected,
        /// The connection was lost before the mail server answered.
        ConnectionLost,
        /// The sender stopped before it recorded a result. The mail server may have accepted the message.
        Unknown,
    }

    /// What a change is about.
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
        /// A notice under which consent is asked for.
        ConsentNotice,
        /// A question to somebody outside whether they want to be recommended.
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
        /// Nothing was stored, nor will be: somebody known by the same, in whatever way, was erased, and stays so. Do not send the worker again. An employment that began after that is not held up.
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

    /// Who signs in through an identity provider.
    IdentityProviderPurpose {
        /// Employees of the company, by its single sign-on.
        Employees,
        /// Alumni. Such a provider gives no role and provisions no employee.
        Alumni,
    }

    /// Where an identity provider is edited.
    IdentityProviderSource {
        /// In the configuration file of the service, by its operator.
        Configuration,
        /// By mutation.
        Database,
    }

    /// How the public keys of an identity provider are found.
    IdentityProviderKeySource {
        /// By OpenID Connect discovery: `{issuer}/.well-known/openid-configuration`.
        Discovery,
        /// At an address that was entered.
        JwksUrl,
        /// In a file of the service, named in its configuration file.
        JwksFile,
    }

    /// How a first sign-in through an identity provider creates the account of an employee.
    IdentityProviderProvisioning {
        /// It does not: an invitation is needed.
        Off,
        /// By the verified e-mail address, if it is the work e-mail address of exactly one current employee.
        WorkEmail,
        /// By the employee number, if exactly one current employee has it.
        EmployeeNumber,
    }

    /// An algorithm by which an identity provider signs tokens.
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

    /// What kind of hand made a change.
    ActorKind {
        /// Someone who is logged in.
        Account,
        /// A system with an API key.
        ApiKey,
        /// The service itself: a job, an import on the command line.
        System,
    }
}
