//! GraphQL type of an access log entry.

use async_graphql::{Context, ContextSelectionSet, ID, Object, Result, Value};
use chrono::{DateTime, Utc};
use entity::{
    AccessLogEntryId, AccountId, ActorKind, ApiKeyId, PersonId, PersonalField, ReferralId, Role,
    access_log_entry,
};

use super::filter::{AccessLogFilter, AccessLogOrder};
use super::readings::touched;
use super::{rules, store};
use crate::alumni::{Person, PersonWants};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::loader;
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::row;

row!(
    /// What an API key is called.
    KeyName of api_key { name: String = Name }
);

impl Tree for KeyName {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

row!(
    /// One entry.
    AccessLogEntry of access_log_entry {
        id: AccessLogEntryId = Id,
        person_id: Option<PersonId> = PersonId,
        referral_id: Option<ReferralId> = ReferralId,
        reader_kind: ActorKind = ReaderKind,
        reader_role: Option<Role> = ReaderRole,
        reader_id: uuid::Uuid = ReaderId,
        fields: i64 = Fields,
        operation_name: Option<String> = OperationName,
        request_id: String = RequestId,
        at: DateTime<Utc> = At,
    } holds {
        person: Option<Box<Person>>,
        reader: Option<Box<Person>>,
        key: Option<KeyName>,
    }
);

/// Which children of an entry are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AccessLogEntryWants {
    person: Option<Box<PersonWants>>,
    /// No more of the reader than the name.
    reader: Option<Box<PersonWants>>,
    key: Option<()>,
}

impl Tree for AccessLogEntry {
    type Wants = AccessLogEntryWants;

    fn ahead(look: &Ahead<'_>) -> AccessLogEntryWants {
        let named = look.has("readerName");
        AccessLogEntryWants {
            person: look.wants::<Person>("person").map(Box::new),
            reader: named.then(Box::default),
            key: named.then_some(()),
        }
    }

    fn edges(wants: &AccessLogEntryWants, at: Level<'_>) -> Vec<Edge> {
        vec![
            at.to::<Person>(access_log_entry::Relation::Person, wants.person.as_deref()),
            at.picked::<Person>(store::reader, wants.reader.as_deref()),
            at.picked::<KeyName>(store::key, wants.key.as_ref()),
        ]
    }
}

impl Node for AccessLogEntry {
    type Id = AccessLogEntryId;
    const ID: access_log_entry::Column = access_log_entry::Column::Id;

    fn id(&self) -> AccessLogEntryId {
        self.id
    }
}

/// A read of an entry is a read of the person's data.
impl Shown for AccessLogEntry {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        if let Some(person) = self.person_id {
            touched(ctx, person, PersonalField::AccessLog);
        }
    }
}

impl Listed for AccessLogEntry {
    type Filter = AccessLogFilter;
    type Order = AccessLogOrder;

    fn sort_values(&self, _: AccessLogOrder) -> Vec<String> {
        vec![]
    }
}

/// A read of someone's personal data by staff or an API key. Staff are HR, admins, operators, recruiters and supporters. One entry per operation and
/// person, or referral of an external candidate, stored before the response is sent. What members and employees see in the directory is not logged.
/// Visible to the person concerned and with `audit:read`.
#[Object]
impl AccessLogEntry {
    /// Time of the read.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Id of the person whose fields were read. Null if `referralId` is set.
    async fn person_id(&self) -> Option<Gid<PersonId>> {
        self.person_id.map(Gid)
    }

    /// The person whose fields were read. Null if `referralId` is set, or if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        match self.person_id {
            Some(id) => Ok(loader::one(ctx, self.person.as_deref(), id).await?),
            None => Ok(None),
        }
    }

    /// Id of the referral whose candidate was read, if the candidate is external or hidden from the reader. Null if `personId` is set. Kept after the
    /// candidate's data is erased.
    async fn referral_id(&self) -> Option<Gid<ReferralId>> {
        self.referral_id.map(Gid)
    }

    /// Kind of reader: `ACCOUNT` is a person's login, `API_KEY` a system.
    async fn reader_kind(&self) -> ActorKind {
        self.reader_kind
    }

    /// Role that permitted the read, as it was then. If several did, the one with the most access. Kept after the person is erased. Null for an API key.
    async fn reader_role(&self) -> Option<Role> {
        self.reader_role
    }

    /// Id of the account or API key that read. Pass it as `readerIds`.
    async fn reader_id(&self) -> ID {
        ID(match self.reader_kind {
            ActorKind::ApiKey => ApiKeyId(self.reader_id).to_string(),
            ActorKind::Account | ActorKind::System => AccountId(self.reader_id).to_string(),
        })
    }

    /// Full name of the person who read, in its own order, or name of the API key. Null for an operator of the service, and after the person is erased.
    async fn reader_name(&self) -> Option<String> {
        // entries are rows of a root's page alone, so that what is selected is always there
        let person = self.reader.as_ref().map(|person| person.name());
        person.or_else(|| self.key.as_ref().map(|key| key.name.clone()))
    }

    /// Fields that had a value in the response. Empty fields and fields hidden from the reader are not included.
    async fn fields(&self) -> Vec<PersonalField> {
        rules::fields(self.fields)
    }

    /// Name of the operation in the reader's document. At most 100 characters. Null if it has none.
    async fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref()
    }

    /// Id of the request. Equal to the response header `X-Request-Id` and to the id in the service's logs.
    async fn request_id(&self) -> &str {
        &self.request_id
    }
}
