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

/// A person's request about their personal data, and its result. Visible to the person and with `data-requests:manage`.
#[Object]
impl DataRequest {
    /// Id.
    pub async fn id(&self) -> Gid<DataRequestId> {
        Gid(self.id)
    }

    /// Company that the request is addressed to.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// Person whose data the request concerns. After an erasure without legally retained data, a person without a name or other data. Null
    /// if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Kind of request.
    async fn kind(&self) -> DataRequestKind {
        self.kind
    }

    /// Current state.
    async fn state(&self) -> DataRequestState {
        self.state
    }

    /// Origin of the request.
    async fn origin(&self) -> DataRequestOrigin {
        self.origin
    }

    /// Details in the person's words. Null if not given, or after an erasure.
    async fn wish(&self) -> Option<&str> {
        self.wish.as_deref()
    }

    /// Date of receipt in the company's time zone.
    async fn received_on(&self) -> NaiveDate {
        self.received_on
    }

    /// Due date in the company's time zone. One month after receipt, or three if extended (GDPR Article 12(3)).
    async fn due_on(&self) -> NaiveDate {
        self.due_on
    }

    /// When the due date was extended. Null if not extended.
    async fn extended_at(&self) -> Option<DateTime<Utc>> {
        self.extended_at
    }

    /// Reason for the extension. Null if not extended.
    async fn extension_reason(&self) -> Option<&str> {
        self.extension_reason.as_deref()
    }

    /// When the requester's identity was verified. Null if not yet verified.
    async fn identity_verified_at(&self) -> Option<DateTime<Utc>> {
        self.identity_verified_at
    }

    /// How the identity was verified. Null if verified by login. Requires `data-requests:manage`; null without it.
    async fn identity_proof(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let told = scope(ctx)?.may(Permission::DataRequestsManage);
        Ok(self.identity_proof.as_deref().filter(|_| told))
    }

    /// Person who handles the request. Null if there is no handler, or you may not see the person.
    async fn handler(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        match self.handler_id {
            Some(id) => Ok(loader::one(ctx, self.handler.as_deref(), id).await?),
            None => Ok(None),
        }
    }

    /// Answer to the person, for example the reason for a refusal or the legally retained data. Null if none was given.
    async fn answer(&self) -> Option<&str> {
        self.answer.as_deref()
    }

    /// Receipt of an erasure. Null unless an erasure was executed.
    async fn receipt(&self) -> Option<ErasureReceipt> {
        let stores = self.receipt.as_ref()?;
        Some(ErasureReceipt {
            erased_at: self.closed_at?,
            stores: stores.0.iter().cloned().map(Into::into).collect(),
        })
    }

    /// Last day on which data is legally retained after an erasure. Null if no data is retained.
    async fn kept_until(&self) -> Option<NaiveDate> {
        self.kept_until
    }

    /// When the request was closed. Null while it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
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

/// Result of an erasure, per store. Contains no personal data.
#[derive(SimpleObject)]
pub struct ErasureReceipt {
    /// When the data was erased.
    erased_at: DateTime<Utc>,
    /// Every store that can contain personal data, each once, ordered by name.
    stores: Vec<ErasureReceiptStore>,
}

/// Result of an erasure in one store.
#[derive(SimpleObject)]
pub struct ErasureReceiptStore {
    /// Name of the store, as in an export.
    store: String,
    /// Number of entries deleted.
    deleted: i64,
    /// Number of entries kept without their personal data.
    blanked: i64,
    /// Number of entries kept unchanged.
    kept: i64,
    /// Reason for keeping entries. Null if none are kept.
    duty: Option<String>,
    /// Last day on which entries are kept. Null if the kept entries contain no personal data.
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

/// Retention periods of a company. Defaults apply to values that the company has not set. By default, people are erased only on request.
#[derive(SimpleObject)]
pub struct RetentionPolicy {
    /// Years from leaving for which name and employment facts are kept despite an erasure request. Default: 5, as the Labour Standards Act
    /// requires. 0: the record is kept elsewhere, and an erasure leaves nothing here.
    employment_record_years: i32,
    /// Months after leaving until people who never joined are erased. Null: never.
    never_joined_months: Option<i32>,
    /// Months after the end of a membership (`EXPIRED`, `WITHDRAWN`) until the person is erased. Null: never.
    ended_months: Option<i32>,
    /// Months after the end of a referral until the external candidate is removed from it. Null: never.
    outside_candidate_months: Option<i32>,
    /// Months for which closed data requests are kept. Default: 36.
    data_request_months: i32,
    /// Months for which access log entries are kept. Null: as long as the company's data.
    access_log_months: Option<i32>,
    /// Increases by one with each change. Pass it as `expectedVersion`. 0 if the company has set nothing.
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
