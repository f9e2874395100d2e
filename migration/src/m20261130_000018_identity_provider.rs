//! Identity providers: issuers whose tokens a company accepts.

use sea_orm_migration::prelude::*;

use crate::dialect::run;

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // two companies may register the same issuer: a token is bound to the company whose provider accepted it
        run(
            manager,
            "CREATE TABLE identity_provider (
                id {id} NOT NULL PRIMARY KEY,
                company_id {id} REFERENCES company (id),
                name {key} NOT NULL,
                purpose {text} NOT NULL,
                source {text} NOT NULL,
                issuer {key} NOT NULL,
                audiences {json} NOT NULL,
                key_source {text} NOT NULL,
                jwks_url {text},
                algorithms {json} NOT NULL,
                authorized_parties {json} NOT NULL,
                email_claim {text},
                email_verified_claim {text},
                email_always_verified {flag} NOT NULL,
                employee_number_claim {text},
                groups_claim {text},
                group_roles {json} NOT NULL,
                provisioning {text} NOT NULL,
                disabled_at {instant},
                created_at {instant} NOT NULL,
                updated_at {instant} NOT NULL,
                version INTEGER NOT NULL,
                UNIQUE (company_id, id),
                CHECK ((key_source = 'JWKS_URL') = (jwks_url IS NOT NULL)),
                CHECK (source = 'CONFIGURATION' OR (company_id IS NOT NULL AND key_source <> 'JWKS_FILE'))
            ) {strict};
            CREATE UNIQUE INDEX identity_provider_name ON identity_provider (company_id, source, name);
            CREATE INDEX identity_provider_by_name ON identity_provider (company_id, name, id);",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "DROP TABLE identity_provider;").await
    }
}
