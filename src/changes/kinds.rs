//! The kinds of changes, as `kinds.tsv` lists them. A test compares the list with the kinds that the actions record.

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeKind {
    /// The subject and a verb, as `referral.advanced`.
    pub name: &'static str,
    /// What happened, in one sentence.
    pub description: &'static str,
}

/// All kinds, sorted by name.
pub fn kinds() -> impl Iterator<Item = ChangeKind> {
    include_str!("kinds.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, description)| ChangeKind { name, description })
}
