//! A delivery as a client sees it.

use std::sync::Arc;

use async_graphql::{Context, ContextSelectionSet, Object, Result, SimpleObject, Value};
use chrono::{DateTime, Utc};
use entity::{
    CompanyId, ConsentPurpose, DeliveryId, DeliveryKind, DeliveryOutcome, DeliveryReason,
    DeliveryState, PersonId, PersonalField, delivery, delivery_attempt,
};
use sea_orm::sea_query::{Order, SelectStatement};

use super::compose::{self, Sending};
use super::filter::{DeliveryFilter, DeliveryOrder};
use super::store;
use crate::access_log;
use crate::alumni::Person;
use crate::companies::Company;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, Many, Shown};
use crate::graphql::{loader, reference, scope};
use crate::row;

row!(
    /// A message to one recipient.
    Delivery of delivery {
        id: DeliveryId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        kind: DeliveryKind = Kind,
        purpose: Option<ConsentPurpose> = Purpose if "purpose",
        // the access log needs to know whose address is answered
        person_id: Option<PersonId> = PersonId,
        recipient: Option<String> = Recipient if "recipient",
        locale: Told<String> = Locale if "locale",
        state: DeliveryState = State,
        reason: Option<DeliveryReason> = Reason if "reason",
        attempt_count: Told<i32> = AttemptCount if "attemptCount",
        next_attempt_at: Option<DateTime<Utc>> = NextAttemptAt if "nextAttemptAt",
        message_id: Told<String> = MessageId if "messageId",
        server_code: Option<i32> = ServerCode if "serverCode",
        server_answer: Option<String> = ServerAnswer if "serverAnswer",
        not_after: Told<DateTime<Utc>> = NotAfter if "notAfter",
        sent_at: Option<DateTime<Utc>> = SentAt if "sentAt",
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        person: Option<Box<Person>>,
        attempts: Option<Vec<DeliveryAttempt>>,
    }
);

/// Which children of a delivery are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DeliveryWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    person: Option<Box<<Person as Tree>::Wants>>,
    attempts: Option<()>,
}

impl Tree for Delivery {
    type Wants = DeliveryWants;

    fn ahead(look: &Ahead<'_>) -> DeliveryWants {
        DeliveryWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            person: look.wants::<Person>("person").map(Box::new),
            attempts: look.wants::<DeliveryAttempt>("attempts"),
        }
    }

    fn columns(wants: &DeliveryWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &DeliveryWants, at: Level<'_>) -> Vec<Edge> {
        use delivery::Relation;
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.to::<Person>(Relation::Person, wants.person.as_deref()),
            at.list::<DeliveryAttempt>(Relation::Attempts, wants.attempts.as_ref(), in_order),
        ]
    }
}

/// The order of a delivery's attempts.
fn in_order(rows: &mut SelectStatement) {
    rows.order_by(delivery_attempt::Column::Number, Order::Asc);
}

impl Node for Delivery {
    type Id = DeliveryId;
    const ID: delivery::Column = delivery::Column::Id;

    fn id(&self) -> DeliveryId {
        self.id
    }
}

/// The address is the person's.
impl Shown for Delivery {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        mut fields: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        let Some(person) = self.person_id else {
            return;
        };
        let address = |name: &str| ["recipient", "content"].contains(&name);
        if fields.any(|(name, value)| address(name) && *value != Value::Null) {
            access_log::touched(ctx, person, PersonalField::PersonalEmail);
        }
    }
}

impl Listed for Delivery {
    type Filter = DeliveryFilter;
    type Order = DeliveryOrder;

    fn sort_values(&self, _: DeliveryOrder) -> Vec<String> {
        vec![]
    }
}

/// Content of a message.
#[derive(Debug, SimpleObject)]
pub struct DeliveryContent {
    /// Subject line.
    subject: String,
    /// Plain text.
    text: String,
    /// HTML document.
    html: String,
}

/// An e-mail to one recipient. It is queued in the transaction of its cause, and sent soon after. Requires `deliveries:read`.
#[Object]
impl Delivery {
    /// Id.
    pub async fn id(&self) -> Gid<DeliveryId> {
        Gid(self.id)
    }

    /// The company that sends it.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// Kind of message.
    async fn kind(&self) -> DeliveryKind {
        self.kind
    }

    /// Purpose whose consent is checked when the message is sent. Null if the message needs no consent.
    async fn purpose(&self) -> Option<ConsentPurpose> {
        self.purpose
    }

    /// Current state.
    async fn state(&self) -> DeliveryState {
        self.state
    }

    /// Reason for the state. Null if there is none.
    async fn reason(&self) -> Option<DeliveryReason> {
        self.reason
    }

    /// E-mail address. Null if the person hides the personal e-mail from you. Removed by an erasure, and 180 days after the last change; null from then
    /// on.
    async fn recipient(&self) -> Option<&str> {
        self.recipient.as_deref()
    }

    /// The person. Null if the recipient is not a person of the company, or if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        let held = self.person.as_deref();
        let key = held.is_none().then_some(self.person_id).flatten();
        Ok(loader::one(ctx, held, key).await?)
    }

    /// BCP 47 language tag of the recipient. The message is in Japanese for `ja`, otherwise in English.
    async fn locale(&self) -> &str {
        &self.locale
    }

    /// Number of attempts started.
    async fn attempt_count(&self) -> i32 {
        *self.attempt_count
    }

    /// Attempts with a known or a lost result, oldest first.
    async fn attempts(&self, ctx: &Context<'_>) -> Result<Many<'_, DeliveryAttempt>> {
        let again = |()| DeliveryWants {
            attempts: Some(()),
            ..Default::default()
        };
        Ok(loader::list(ctx, self, self.attempts.as_ref(), again, |row| row.attempts).await?)
    }

    /// Time of the next attempt. Null unless the state is `PENDING`.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        let pending = self.state == DeliveryState::Pending;
        self.next_attempt_at.filter(|_| pending)
    }

    /// The message is not sent after this time.
    async fn not_after(&self) -> DateTime<Utc> {
        *self.not_after
    }

    /// When the mail server accepted it. Null if it was not sent.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.sent_at
    }

    /// The `Message-ID` header, the same in each attempt. Mail server logs contain it.
    async fn message_id(&self) -> &str {
        &self.message_id
    }

    /// Reply code of the mail server's last response, for example `550`. Null if it did not respond.
    async fn server_code(&self) -> Option<i32> {
        self.server_code
    }

    /// Text of the mail server's last response, or a description of the failure. At most 500 characters, without the recipient's address. Null before the
    /// first attempt.
    async fn server_answer(&self) -> Option<&str> {
        self.server_answer.as_deref()
    }

    /// The message with its link, as it would be generated now. Only in development mode, otherwise null. Null if you may not see `recipient`.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<DeliveryContent>> {
        let scope = scope(ctx)?;
        let Some(mail) = scope.mail().filter(|mail| mail.settings().development) else {
            return Ok(None);
        };
        let Some(row) = store::find(scope, self.id).await? else {
            return Ok(None);
        };
        let connection = scope.database().reader();
        let within = scope.within(row.company_id).ok_or(Error::NotFound)?;
        let company = store::company(&within, &connection).await?;
        let sending = Sending::of(&company, mail);
        let body = compose::body(scope, &sending, &row).ok();
        Ok(body.map(|body| DeliveryContent {
            subject: body.subject,
            text: body.text,
            html: body.html,
        }))
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.version
    }
}

row!(
    /// One attempt.
    DeliveryAttempt of delivery_attempt {
        number: i32 = Number,
        started_at: DateTime<Utc> = StartedAt,
        ended_at: Option<DateTime<Utc>> = EndedAt,
        outcome: DeliveryOutcome = Outcome,
        server_code: Option<i32> = ServerCode,
        server_answer: Option<String> = ServerAnswer,
    }
);

impl Tree for DeliveryAttempt {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Shown for DeliveryAttempt {}

/// One attempt to send a message. Entries are added, never changed.
#[Object]
impl DeliveryAttempt {
    /// Number of the attempt, starting at 1.
    async fn number(&self) -> i32 {
        self.number
    }

    /// Start time.
    async fn started_at(&self) -> DateTime<Utc> {
        self.started_at
    }

    /// When the result was known. Null for the outcome `UNKNOWN`.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.ended_at
    }

    /// Result of the attempt.
    async fn outcome(&self) -> DeliveryOutcome {
        self.outcome
    }

    /// Reply code of the mail server. Null if it did not respond.
    async fn server_code(&self) -> Option<i32> {
        self.server_code
    }

    /// Text of the mail server's response, or a description of the failure. At most 500 characters, without the recipient's address. Null for the outcome
    /// `UNKNOWN`.
    async fn server_answer(&self) -> Option<&str> {
        self.server_answer.as_deref()
    }
}
