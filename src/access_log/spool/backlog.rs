//! The closed files of this process, in the order in which they are stored in the database.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::segment::ClosedSegment;

/// Bytes of the files that are stored together.
const BATCH: u64 = 4 * 1024 * 1024;

/// The closed files.
#[derive(Debug, Default)]
pub struct Queue {
    /// Files this process wrote, oldest first. They come first: they count against the limit that readers wait for.
    own: VecDeque<ClosedSegment>,
    /// Files of ended processes, and files that could not be stored.
    others: VecDeque<ClosedSegment>,
}

impl Queue {
    /// Adds a file behind those of its kind.
    pub fn push(&mut self, segment: ClosedSegment) {
        if segment.own {
            self.own.push_back(segment);
        } else {
            self.others.push_back(segment);
        }
    }

    /// The next files to store together: several that were never tried, or one that may be stored in part. They stay in the queue.
    pub fn next(&self) -> Vec<ClosedSegment> {
        let queue = if self.own.is_empty() {
            &self.others
        } else {
            &self.own
        };
        let mut batch: Vec<ClosedSegment> = Vec::new();
        let mut bytes = 0;
        for segment in queue {
            bytes += segment.size;
            let alone = segment.again || batch.iter().any(|other| other.again);
            if !batch.is_empty() && (alone || bytes > BATCH) {
                break;
            }
            batch.push(segment.clone());
        }
        batch
    }

    /// Removes a file from the queue.
    pub fn remove(&mut self, removed: &ClosedSegment) {
        let stays = |segment: &ClosedSegment| segment.path() != removed.path();
        self.own.retain(stays);
        self.others.retain(stays);
    }

    /// Moves a file that could not be stored behind all others, so that one that is never accepted does not block the rest.
    pub fn postpone(&mut self, segment: &ClosedSegment) {
        self.remove(segment);
        let mut segment = segment.clone();
        segment.again = true;
        self.others.push_back(segment);
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.own.len() + self.others.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.all().map(|segment| segment.size).sum()
    }

    /// Since when the oldest entry waits.
    pub fn oldest(&self) -> Option<Instant> {
        self.all().map(|segment| segment.since).min()
    }

    fn all(&self) -> impl Iterator<Item = &ClosedSegment> {
        self.own.iter().chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn segment(name: &str, megabytes: u64, again: bool, own: bool) -> ClosedSegment {
        let mut segment = ClosedSegment::taken_over(PathBuf::from(name));
        segment.size = megabytes * 1024 * 1024;
        (segment.again, segment.own) = (again, own);
        segment
    }

    fn names(batch: &[ClosedSegment]) -> Vec<&str> {
        let names = batch.iter().map(|segment| segment.path().to_str().unwrap());
        names.collect()
    }

    #[test]
    fn own_files_are_stored_first_and_several_together() {
        let mut queue = Queue::default();
        queue.push(segment("left", 1, true, false));
        for name in ["a", "b", "c"] {
            queue.push(segment(name, 2, false, true));
        }
        assert_eq!(names(&queue.next()), ["a", "b"]);
        for stored in queue.next() {
            queue.remove(&stored);
        }
        assert_eq!(names(&queue.next()), ["c"]);
        assert_eq!((queue.len(), queue.bytes()), (2, 3 * 1024 * 1024));
    }

    #[test]
    fn a_file_that_was_refused_waits_behind_all_others_and_is_tried_alone() {
        let mut queue = Queue::default();
        queue.push(segment("refused", 1, false, true));
        queue.push(segment("left", 1, true, false));
        queue.push(segment("good", 9, false, true));
        let refused = queue.next().remove(0);
        queue.postpone(&refused);
        let mut order = Vec::new();
        while let [stored] = &*queue.next() {
            order.push(stored.path().to_str().unwrap().to_owned());
            queue.remove(stored);
        }
        assert_eq!(order, ["good", "left", "refused"]);
        assert!(queue.is_empty());
    }
}
