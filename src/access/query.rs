//! What the viewer learns about themselves.

use std::borrow::Cow;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{AccountId, Audience, Role};

use super::accounts;
use super::api_key::ServiceScope;
use super::filter::{ApiKeyFilter, ApiKeyOrder};
use super::permission::Permission;
use super::store;
use super::types::ApiKey;
use super::viewer::Viewer;
use crate::access_log::{self, AccessLogEntry, AccessLogFilter, AccessLogOrder};
use crate::alumni::{self, Alumnus, Block, BlockFilter, BlockOrder, Person, Previewed};
use crate::companies::Company;
use crate::consents::Consent;
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::node::Tree;
use crate::graphql::shown::{Held, One};
use crate::graphql::{node, scope};
use crate::membership_applications::{self, ViewerMembershipApplication};
use crate::page::PageArgs;
use crate::privacy::{self, DataRequest, DataRequestFilter, DataRequestOrder};

#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// The current viewer. Does not require authentication.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Asking> {
        Ok(Asking(scope(ctx)?.viewer().clone()))
    }

    /// Lists the company's API keys, including revoked and expired ones. Requires `api-keys:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ApiKeyFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ApiKeyOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, ApiKey>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let page = store::list(scope(ctx)?, &Ahead::of(ctx).page::<ApiKey>(list.clone())).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}

/// Kind of viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ViewerKind {
    /// No token and no API key.
    Anonymous,
    /// An authenticated login without a selected account. It has no account in the company, or several accounts and no company is named. It
    /// may claim an invitation, join, or apply.
    Login,
    /// A person's login.
    Member,
    /// A system with an API key.
    Service,
}

/// One of the viewer's own accounts.
#[derive(SimpleObject)]
pub struct ViewerAccount {
    /// Id of the account.
    id: Gid<AccountId>,
    /// Slug of the company. Null for an operator's account.
    company_slug: Option<String>,
    /// Roles that are effective now. Empty for a disabled account.
    roles: Vec<Role>,
    /// Whether the account is disabled.
    disabled: bool,
}

/// The GraphQL type `Viewer`.
pub struct Asking(Viewer);

/// The sender of the request: anonymous, a login, or a system with an API key.
#[Object(name = "Viewer")]
impl Asking {
    /// Kind of viewer.
    async fn kind(&self) -> ViewerKind {
        match &self.0 {
            Viewer::Anonymous | Viewer::Preview { .. } => ViewerKind::Anonymous,
            Viewer::Login(_) => ViewerKind::Login,
            Viewer::Member(_) => ViewerKind::Member,
            Viewer::Service(_) | Viewer::System(_) => ViewerKind::Service,
        }
    }

    /// Effective roles of your account. Empty unless you are a member.
    async fn roles(&self) -> Vec<Role> {
        match &self.0 {
            Viewer::Member(member) => member.roles.clone(),
            _ => Vec::new(),
        }
    }

    /// Your accounts in every company that accepts your identity provider, with their roles. Select one by the header `Alumni-Company`, or
    /// by `company` in `connection_init`. Empty unless you signed in through an identity provider.
    async fn accounts(&self, ctx: &Context<'_>) -> Result<Vec<ViewerAccount>> {
        let Some(login) = self.0.login() else {
            return Ok(Vec::new());
        };
        let (scope, identity) = (scope(ctx)?, &login.identity);
        let found =
            accounts::store::of_login(scope.database(), &identity.issuer, &identity.subject);
        let found = found.await?.into_iter();
        let found = found.filter(|found| identity.binding.allows(found.company_id));
        Ok(found
            .map(|found| ViewerAccount {
                id: Gid(found.id),
                roles: found.facts(scope.now()).roles(&identity.roles),
                company_slug: found.slug,
                disabled: found.disabled_at.is_some(),
            })
            .collect())
    }

    /// Your own applications to join alumni programmes, newest first. At most 100. Empty unless you signed in through an identity provider.
    async fn membership_applications(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<ViewerMembershipApplication>> {
        membership_applications::of_viewer(ctx, &self.0).await
    }

    /// E-mail address verified by your identity provider. Null if it verified none.
    async fn email(&self) -> Option<&str> {
        self.0.login()?.identity.email.as_deref()
    }

    /// Scopes of your API key. Empty unless you are a service.
    async fn scopes(&self) -> Vec<ServiceScope> {
        match &self.0 {
            Viewer::Service(service) => service.scopes.clone(),
            _ => Vec::new(),
        }
    }

    /// Permissions from your roles or scopes, in the form used in descriptions, for example `alumni:read`.
    async fn permissions(&self) -> Vec<&'static str> {
        Permission::ALL
            .into_iter()
            .filter(|permission| self.0.may(*permission))
            .map(Permission::name)
            .collect()
    }

    /// When your token or key expires. Null if it never expires, or if you are anonymous.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at()
    }

    /// Your company. Null for operators and anonymous callers.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.0.company() {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Your own person record. Null for a login without a person, for a service and for anonymous callers.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.0.person() {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }

    /// Your profile as an audience sees it, without any personal relation to you. `ONLY_ME` returns your own view. Null if the audience
    /// does not see you at all, for example while paused. Null for everyone except alumni.
    async fn preview_as(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The audience.")] audience: Audience,
    ) -> Result<Option<Previewed>> {
        let (Some(person), own) = (self.0.person(), scope(ctx)?) else {
            return Ok(None);
        };
        let seen_by = match audience {
            Audience::OnlyMe => own.clone(),
            _ => own.as_seen_by(audience)?,
        };
        let wants = <Alumnus as Tree>::ahead(&Ahead::of(ctx));
        let mut found = node::by_ids::<Alumnus>(&seen_by, &[person], &wants).await?;
        Ok(found.pop().map(|alumnus| Previewed::new(alumnus, seen_by)))
    }

    /// Your own data requests, made by `dataRequestOpen` or recorded for you. Empty for a login without a person, for a service and for anonymous callers.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<DataRequestFilter>,
        #[graphql(desc = "Sort order. Default: by due date, earliest first.")] order_by: Option<
            DataRequestOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, DataRequest>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<DataRequest>(list.clone());
        let page = privacy::own_requests(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }

    /// Reads of your personal fields by staff, operators of the service and API keys. Staff are HR, admins, recruiters and supporters.
    /// Directory reads by members and employees are not logged. Entries appear within about two seconds. Visible to you and with
    /// `audit:read`. Empty for a login without a person, for a service and for anonymous callers.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<AccessLogFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<AccessLogOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, AccessLogEntry>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<AccessLogEntry>(list.clone());
        let page = access_log::list_own(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }

    /// Your consent state per purpose, every purpose once. `Alumnus.consentHistory` has all entries. Empty for a login without a person,
    /// for a service and for anonymous callers.
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<Consent>> {
        match self.0.person() {
            Some(id) => alumni::consents_of(ctx, id).await,
            None => Ok(Vec::new()),
        }
    }

    /// People you blocked by `personBlock`. Visible only to you. Blocks by others are not visible. Empty for a login without a person, for
    /// a service and for anonymous callers.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn blocked(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<BlockFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<BlockOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Block>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let wanted = Ahead::of(ctx).page::<Block>(list.clone());
        let page = alumni::blocked(scope(ctx)?, &wanted).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
