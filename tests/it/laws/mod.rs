//! Laws: what must hold for every slice, also for those not written yet.

mod architecture;
mod columns;
mod contract;
mod holdings;
mod hot;
mod isolation;
mod migrations;
mod permissions;
mod plans;
mod prices;
mod roots;
mod settings;
mod sql_counts;
mod wording;
