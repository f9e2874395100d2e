//! The permission table: per permission, the roles and the API key scope that include it.

use entity::Role::{self, Admin, Alumnus, Employee, Hr, Operator, Recruiter, Supporter};
use sea_orm::ActiveEnum;

use super::table::{Table, code};
use crate::access::Permission;

const INTRODUCTION: &str = "\
# Permissions

A role or an API key scope includes permissions. `viewer { permissions }` returns your own. The description of a field in the schema names
the permission that it requires. Without it, the error has the code `FORBIDDEN` and names the permission.

A person also sees their own data without a permission. Visibility settings and blocks apply in addition.

## By role

";

const ROLES: [Role; 7] = [Alumnus, Employee, Supporter, Recruiter, Hr, Admin, Operator];

pub fn page() -> String {
    let names: Vec<String> = ROLES.iter().map(ActiveEnum::to_value).collect();
    let header = ["Permission"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .chain(["API key scope"]);
    let mut roles = Table::new(&header.collect::<Vec<_>>());
    let mut meanings = Table::new(&["Permission", "Allows"]);
    for permission in Permission::ALL {
        let marks = ROLES.iter().map(|role| {
            let mark = if permission.roles().contains(role) {
                "yes"
            } else {
                ""
            };
            mark.to_owned()
        });
        let scope = permission.scope().map(|scope| code(scope.as_str()));
        let row = [code(permission.name())]
            .into_iter()
            .chain(marks)
            .chain([scope.unwrap_or_default()]);
        roles.row(&row.collect::<Vec<_>>());
        meanings.row(&[code(permission.name()), permission.description().to_owned()]);
    }
    format!(
        "{INTRODUCTION}{}\n## What each permission allows\n\n{}",
        roles.finish(),
        meanings.finish()
    )
}
