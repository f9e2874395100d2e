//! Keys that this process is executing.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Slot;

/// The keys at work. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct UnderWay(Arc<Mutex<HashSet<[u8; 32]>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Turn {
    keys: UnderWay,
    hash: [u8; 32],
}

impl UnderWay {
    /// Marks the key as executing; null if it already is.
    #[must_use]
    pub fn begin(&self, slot: &Slot) -> Option<Turn> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(slot.hash).then(|| Turn {
            keys: self.clone(),
            hash: slot.hash,
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut keys = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.hash);
    }
}
