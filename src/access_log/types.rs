//! An entry of the access log as a client sees one.

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

/// To read who read somebody is to read of them.
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

/// That somebody was answered personal fields of another person by their office: HR, admins, operators, recruiters, supporters, and systems with an API key. One entry a person
/// (or referral of someone outside) and operation, written before the answer left. What members and employees see of each other in the directory makes no entry. Shown to the person it is of and with `audit:read`.
#[Object]
impl AccessLogEntry {
    /// When it was read.
    async fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Whose fields were read; null for someone outside, of whom `referralId` tells.
    async fn person_id(&self) -> Option<Gid<PersonId>> {
        self.person_id.map(Gid)
    }

    /// The person whose fields were read; null for someone outside, and where you may not see them.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        match self.person_id {
            Some(id) => Ok(loader::one(ctx, self.person.as_deref(), id).await?),
            None => Ok(None),
        }
    }

    /// The referral whose candidate was read, where they are from outside or the reader was not told who they are; null where a person was. Stays where the referral no longer says who that was.
    async fn referral_id(&self) -> Option<Gid<ReferralId>> {
        self.referral_id.map(Gid)
    }

    /// What read: `ACCOUNT` is a person's login, `API_KEY` a system.
    async fn reader_kind(&self) -> ActorKind {
        self.reader_kind
    }

    /// The reader's office: the role by which the login could read, as it was then, the most of several. Stays where `readerName` goes with the person. Null for an API key.
    async fn reader_role(&self) -> Option<Role> {
        self.reader_role
    }

    /// Which login or API key read; an opaque id, for `readerIds`.
    async fn reader_id(&self) -> ID {
        ID(match self.reader_kind {
            ActorKind::ApiKey => ApiKeyId(self.reader_id).to_string(),
            ActorKind::Account | ActorKind::System => AccountId(self.reader_id).to_string(),
        })
    }

    /// The name of the person who read, in its own order, or what the company calls the API key; null for an operator of the service, and once the person is erased.
    async fn reader_name(&self) -> Option<String> {
        // entries are rows of a root's page alone, so that what is selected is always there
        let person = self.reader.as_ref().map(|person| person.name());
        person.or_else(|| self.key.as_ref().map(|key| key.name.clone()))
    }

    /// The fields that were answered with something: what was empty, or not shown to the reader, is not among them.
    async fn fields(&self) -> Vec<PersonalField> {
        rules::fields(self.fields)
    }

    /// What the reader's program calls the operation, at most 100 characters; null where it does not.
    async fn operation_name(&self) -> Option<&str> {
        self.operation_name.as_deref()
    }

    /// The request that read, as its answer's header `X-Request-Id` and the service's logs name it.
    async fn request_id(&self) -> &str {
        &self.request_id
    }
}
