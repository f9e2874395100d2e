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

/// Root reads about the viewer.
#[derive(Default)]
pub struct AccessQuery;

#[Object]
impl AccessQuery {
    /// Who you are to this service. Needs no login.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Asking> {
        Ok(Asking(scope(ctx)?.viewer().clone()))
    }

    /// The company's API keys, those that no longer work included. Requires `api-keys:manage`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ApiKeyFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ApiKeyOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

/// What kind of viewer asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ViewerKind {
    /// No token and no API key.
    Anonymous,
    /// A verified login without an account in the company, or with several accounts and no company named. It may claim an invitation, join, or apply.
    Login,
    /// A person's login.
    Member,
    /// A system with an API key.
    Service,
}

/// One of the viewer's own accounts.
#[derive(SimpleObject)]
pub struct ViewerAccount {
    /// The account's id.
    id: Gid<AccountId>,
    /// The company's slug; null for an operator's account.
    company_slug: Option<String>,
    /// The roles that are effective now; empty for a disabled account.
    roles: Vec<Role>,
    /// Whether the account is disabled.
    disabled: bool,
}

/// The viewer, as shown to themselves.
pub struct Asking(Viewer);

/// Whoever sends the request: nobody, a login, or a system with an API key.
#[Object(name = "Viewer")]
impl Asking {
    /// What kind of viewer you are.
    async fn kind(&self) -> ViewerKind {
        match &self.0 {
            Viewer::Anonymous | Viewer::Preview { .. } => ViewerKind::Anonymous,
            Viewer::Login(_) => ViewerKind::Login,
            Viewer::Member(_) => ViewerKind::Member,
            Viewer::Service(_) | Viewer::System(_) => ViewerKind::Service,
        }
    }

    /// What your account may do; empty unless you are a member.
    async fn roles(&self) -> Vec<Role> {
        match &self.0 {
            Viewer::Member(member) => member.roles.clone(),
            _ => Vec::new(),
        }
    }

    /// Your accounts in every company that accepts your identity provider, with their roles: name one by the header `Alumni-Company`, or `company` in `connection_init`. Empty unless you signed in through an identity provider.
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

    /// Your own applications to join alumni programmes, newest first; at most 100. Empty unless you signed in through an identity provider.
    async fn membership_applications(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<ViewerMembershipApplication>> {
        membership_applications::of_viewer(ctx, &self.0).await
    }

    /// The e-mail address that your identity provider verified; null if it verified none.
    async fn email(&self) -> Option<&str> {
        self.0.login()?.identity.email.as_deref()
    }

    /// What your API key may do; empty unless you are a service.
    async fn scopes(&self) -> Vec<ServiceScope> {
        match &self.0 {
            Viewer::Service(service) => service.scopes.clone(),
            _ => Vec::new(),
        }
    }

    /// The permissions you hold by your roles or scopes, as descriptions write them (`alumni:read`).
    async fn permissions(&self) -> Vec<&'static str> {
        Permission::ALL
            .into_iter()
            .filter(|permission| self.0.may(*permission))
            .map(Permission::name)
            .collect()
    }

    /// When your token or key ends; null: never, or nobody is logged in.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at()
    }

    /// Your company; null for an operator and for nobody.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        match self.0.company() {
            Some(id) => Ok(node::find(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Yourself as the company knows you; null for a login without a person, a service and nobody.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.0.person() {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }

    /// Your profile as an audience sees it, asked for by nobody in particular of it; `ONLY_ME` is as you see it yourself. Null where they do not see you at all, as while you pause, and for everyone but an alumnus.
    async fn preview_as(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As whom.")] audience: Audience,
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

    /// What you asked about the data held of you, by `dataRequestOpen` or in writing. Empty for a login without a person, a service and nobody.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn data_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<DataRequestFilter>,
        #[graphql(desc = "In this order; what is due soonest first if not given.")]
        order_by: Option<DataRequestOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

    /// Who read your personal fields by their office, and which: HR, admins, recruiters and other staff, operators of the service, and systems with an API key. What members and employees see of you in
    /// the directory is not in it. Entries come in within a second or two and are shown to you alone and to those who answer for the company's data. Empty for a login without a person, a service and nobody.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<AccessLogFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            AccessLogOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

    /// Where you stand with each purpose of consent, every purpose once; empty for a login without a person, a service and nobody. `Alumnus.consentHistory` has all that you ever said.
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<Consent>> {
        match self.0.person() {
            Some(id) => alumni::consents_of(ctx, id).await,
            None => Ok(Vec::new()),
        }
    }

    /// Whom you block by `personBlock`, shown to you alone; who blocks you is shown to nobody. Empty for a login without a person, a service and nobody.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn blocked(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<BlockFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<BlockOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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
