//! The permission table, as it is: a change of it is a decision, and shows here.

use alumni_api::access::Permission;
use sea_orm::ActiveEnum;

#[test]
fn the_permission_table_is_the_one_decided() {
    let line = |permission: &Permission| {
        let roles: Vec<String> = permission
            .roles()
            .iter()
            .map(ActiveEnum::to_value)
            .collect();
        let scope = permission.scope().map_or("-", |scope| scope.as_str());
        format!("{:20} {:20} {}", permission.name(), scope, roles.join(" "))
    };
    let table: Vec<String> = Permission::ALL.iter().map(line).collect();
    insta::assert_snapshot!(table.join("\n"));
}
