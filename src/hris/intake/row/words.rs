//! The words of a row: how the worker is employed, the status, and how and why the worker left.

use entity::{EmploymentType, LeaveType};

use super::Row;
use crate::hris::{
    mapping::Field,
    sensitive,
    values::{
        kind,
        text::{folded, quoted},
    },
    worker::{Told, WorkerStatus},
};

impl Row<'_> {
    pub(super) fn employment_type(&mut self) -> Told<EmploymentType> {
        let Told::Value(raw) = self.text(Field::EmploymentType) else {
            return match self.best[Field::EmploymentType as usize] {
                Some(_) => self.blank(),
                None => Told::Absent,
            };
        };
        let own = self.plan.mapping.words.employment_types.get(&folded(&raw));
        let known = own.copied().or_else(|| kind::employment(&raw));
        if known.is_none() {
            self.remark(
                Field::EmploymentType,
                format!("{} is not a known type; it counts as OTHER", quoted(&raw)),
            );
        }
        Told::Value(known.unwrap_or(EmploymentType::Other))
    }

    pub(super) fn status(&mut self) -> (Told<WorkerStatus>, Option<LeaveType>) {
        let Told::Value(raw) = self.text(Field::Status) else {
            return (Told::Absent, None);
        };
        let own = self
            .plan
            .mapping
            .words
            .statuses
            .get(&folded(&raw))
            .map(|status| (*status, None));
        if let Some((status, implied)) = own.or_else(|| kind::status(&raw)) {
            return (Told::Value(status), implied);
        }
        let text = format!("{} is not a known status; the days decide", quoted(&raw));
        self.remark(Field::Status, text);
        (Told::Absent, None)
    }

    /// The kind of leaving out of its column, the reason or the status, and the reason as written. A word nobody knows counts as OTHER, and is
    /// kept as the reason where there is no other. What speaks of health and the like is not kept.
    pub(super) fn leaving(
        &mut self,
        implied: Option<LeaveType>,
    ) -> (Told<LeaveType>, Told<String>) {
        let [kind, reason] = [Field::LeaveType, Field::LeaveReason].map(|field| self.text(field));
        let own = &self.plan.mapping.words.leave_types;
        let known = |text: &Told<String>| {
            text.value().and_then(|text| {
                own.get(&folded(text))
                    .copied()
                    .or_else(|| kind::leaving(text))
            })
        };
        let found = [known(&kind), known(&reason), implied];
        let found = if found.contains(&Some(LeaveType::Death)) {
            Some(LeaveType::Death)
        } else {
            found.into_iter().flatten().next()
        };
        let leave_type = match found {
            Some(found) => Told::Value(found),
            None if kind.value().or(reason.value()).is_some() => Told::Value(LeaveType::Other),
            None if kind.is_told() || reason.is_told() => Told::Empty,
            None => Told::Absent,
        };
        let (field, raw) =
            if reason.value().is_none() && kind.value().is_some() && known(&kind).is_none() {
                (Field::LeaveType, kind)
            } else {
                (Field::LeaveReason, reason)
            };
        if let Some(category) = raw.value().and_then(|raw| sensitive::in_text(raw)) {
            let subject = category.subject();
            self.remark(
                field,
                format!("the reason speaks of {subject}; it was left out"),
            );
            return (leave_type, Told::Empty);
        }
        (leave_type, raw)
    }
}
