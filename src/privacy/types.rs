//! A data request, its receipt and the rules of keeping, as clients see them.

use std::sync::Arc;

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DataRequestId, DataRequestKind, DataRequestOrigin, DataRequestState, ErasedStore,
    ErasedStores, PersonId, data_request,
};

use super::filter::{DataRequestFilter, DataRequestOrder};
use super::rules::Policy;
use crate::access::Permission;
use crate::alumni::Person;
use crate::companies::Company;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, Shown};
use crate::graphql::{loader, reference, scope};
use crate::row;

row!(
    /// A data request.
    DataRequest of data_request {
        id: DataRequestId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        person_id: PersonId = PersonId,
        kind: DataRequestKind = Kind,
        state: DataRequestState = State,
        origin: DataRequestOrigin = Origin,
        wish: Option<String> = Wish if "wish",
        received_on: NaiveDate = ReceivedOn,
        due_on: NaiveDate = DueOn,
        extended_at: Option<DateTime<Utc>> = ExtendedAt if "extendedAt",
        extension_reason: Option<String> = ExtensionReason if "extensionReason",
        identity_verified_at: Option<DateTime<Utc>> = IdentityVerifiedAt if "identityVerifiedAt",
        identity_proof: Option<String> = IdentityProof if "identityProof",
        handler_id: Option<PersonId> = HandlerId if "handler",
        answer: Option<String> = Answer if "answer",
        receipt: Option<ErasedStores> = Receipt if "receipt",
        kept_until: Option<NaiveDate> = KeptUntil if "keptUntil",
        closed_at: Option<DateTime<Utc>> = ClosedAt,
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        person: Option<Box<Person>>,
        handler: Option<Box<Person>>,
    }
);

/// Which children of a data request are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DataRequestWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    person: Option<Box<<Person as Tree>::Wants>>,
    handler: Option<Box<<Person as Tree>::Wants>>,
}

impl Tree for DataRequest {
    type Wants = DataRequestWants;

    fn ahead(look: &Ahead<'_>) -> DataRequestWants {
        DataRequestWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            person: look.wants::<Person>("person").map(Box::new),
            handler: look.wants::<Person>("handler").map(Box::new),
        }
    }

    fn columns(wants: &DataRequestWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &DataRequestWants, at: Level<'_>) -> Vec<Edge> {
        use data_request::Relation;
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.to::<Person>(Relation::Person, wants.person.as_deref()),
            at.to::<Person>(Relation::Handler, wants.handler.as_deref()),
        ]
    }
}

impl Node for DataRequest {
    type Id = DataRequestId;
    const ID: data_request::Column = data_request::Column::Id;

    fn id(&self) -> DataRequestId {
        self.id
    }
}

impl Shown for DataRequest {}

impl Listed for DataRequest {
    type Filter = DataRequestFilter;
    type Order = DataRequestOrder;

    fn sort_values(&self, order: DataRequestOrder) -> Vec<String> {
        match order {
            DataRequestOrder::Due => vec![self.due_on.to_string()],
            DataRequestOrder::Newest => vec![],
        }
    }
}

/// What a person asks about the data held of them, and what came of it. Seen by that person and with `data-requests:manage`.
#[Object]
impl DataRequest {
    /// The id.
    pub async fn id(&self) -> Gid<DataRequestId> {
        Gid(self.id)
    }

    /// The company that is asked.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// About whose data; after an erasure a person without name or anything else, as long as nothing is kept by law. Null where you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// What is asked.
    async fn kind(&self) -> DataRequestKind {
        self.kind
    }

    /// Where it stands.
    async fn state(&self) -> DataRequestState {
        self.state
    }

    /// How it came.
    async fn origin(&self) -> DataRequestOrigin {
        self.origin
    }

    /// In the person's words; null where not said, and once erased.
    async fn wish(&self) -> Option<&str> {
        self.wish.as_deref()
    }

    /// The day it came, in the company's time zone.
    async fn received_on(&self) -> NaiveDate {
        self.received_on
    }

    /// The last day to answer, in the company's time zone: one month after it came, three where it was put off (GDPR article 12(3)).
    async fn due_on(&self) -> NaiveDate {
        self.due_on
    }

    /// When the last day was put off; null where it was not.
    async fn extended_at(&self) -> Option<DateTime<Utc>> {
        self.extended_at
    }

    /// Why the last day was put off; null where it was not.
    async fn extension_reason(&self) -> Option<&str> {
        self.extension_reason.as_deref()
    }

    /// When it was made sure that it is the person who asks; null before.
    async fn identity_verified_at(&self) -> Option<DateTime<Utc>> {
        self.identity_verified_at
    }

    /// How that was made sure; null where it was by login. Requires `data-requests:manage`, and is null without.
    async fn identity_proof(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let told = scope(ctx)?.may(Permission::DataRequestsManage);
        Ok(self.identity_proof.as_deref().filter(|_| told))
    }

    /// Who works on it; null where nobody does yet, nobody needs to, and where you may not see the person.
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        match self.handler_id {
            Some(id) => Ok(loader::one(ctx, self.handler.as_deref(), id).await?),
            None => Ok(None),
        }
    }

    /// What the person was answered: the reason of a refusal, what the law keeps. Null where nothing was said.
    async fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// What an erasure left; null unless one was done.
    async fn receipt(&self) -> Option<ErasureReceipt> {
        let stores = self.receipt.as_ref()?;
        Some(ErasureReceipt {
            erased_at: self.closed_at?,
            stores: stores.0.iter().cloned().map(Into::into).collect(),
        })
    }

    /// The last day on which an erasure leaves something that the law keeps; null where it leaves nothing.
    async fn kept_until(&self) -> Option<NaiveDate> {
        self.kept_until
    }

    /// When it came to an end; null while it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
    }

    /// When it was written down.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.updated_at
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.version
    }
}

/// Says what an erasure did, store by store. It names nobody.
#[derive(SimpleObject)]
pub struct ErasureReceipt {
    /// When.
    erased_at: DateTime<Utc>,
    /// Every store in which something of a person may lie, each once, by name.
    stores: Vec<ErasureReceiptStore>,
}

/// What an erasure did to one store.
#[derive(SimpleObject)]
pub struct ErasureReceiptStore {
    /// Which, as an export names it.
    store: String,
    /// Entries deleted.
    deleted: i64,
    /// Entries that stay without what they said of the person.
    blanked: i64,
    /// Entries that stay as they are.
    kept: i64,
    /// Why something stays; null where nothing does.
    duty: Option<String>,
    /// The last day on which it does; null where what stays says nothing of the person.
    kept_until: Option<NaiveDate>,
}

impl From<ErasedStore> for ErasureReceiptStore {
    fn from(store: ErasedStore) -> Self {
        let ErasedStore {
            store,
            deleted,
            blanked,
            kept,
            duty,
            kept_until,
        } = store;
        Self {
            store,
            deleted,
            blanked,
            kept,
            duty,
            kept_until,
        }
    }
}

impl Shown for RetentionPolicy {}

/// How long a company keeps what. What it has not said itself is the usual, by which nobody is erased whom nobody asked about.
#[derive(SimpleObject)]
pub struct RetentionPolicy {
    /// Years from leaving for which the name and the facts of employment are kept, whoever asks for erasure; 5 unless said, as the Labour
    /// Standards Act has it for the record of employees. 0: that record is kept elsewhere, and an erasure leaves nothing here.
    employment_record_years: i32,
    /// Months from leaving after which who never joined is erased; null: never.
    never_joined_months: Option<i32>,
    /// Months from its end after which the person of an ended membership (`EXPIRED`, `WITHDRAWN`) is erased; null: never.
    ended_months: Option<i32>,
    /// Months from its end after which a referral no longer says who the candidate from outside was; null: never.
    outside_candidate_months: Option<i32>,
    /// Months for which data requests are kept after their end; 36 unless said.
    data_request_months: i32,
    /// Months for which entries of the access log are kept; null: as long as the company's data is.
    access_log_months: Option<i32>,
    /// Grows by one with each change; for `expectedVersion`. 0 where the company has said nothing yet.
    version: i32,
}

impl From<Policy> for RetentionPolicy {
    fn from(policy: Policy) -> Self {
        Self {
            employment_record_years: policy.employment_record_years,
            never_joined_months: policy.never_joined_months,
            ended_months: policy.ended_months,
            outside_candidate_months: policy.outside_candidate_months,
            data_request_months: policy.data_request_months,
            access_log_months: policy.access_log_months,
            version: policy.version,
        }
    }
}
