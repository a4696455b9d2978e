//! Finding the few statements that can speak of a request without looking at all of them.
//!
//! Statements are filed by action (the whole name, the service, or anything), and large files are
//! divided again by what the resource begins with. The files only leave out statements that cannot
//! match; whether one does match is checked in full afterwards.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::document::{Effect, Statement};

/// An action in lower case with the hashes of its service and of the whole, computed when the first
/// document with files asks for them.
pub(crate) struct ActionKey<'a> {
    pub(crate) lower: &'a [u8],
    hashes: Cell<Option<[u64; 2]>>,
}

impl<'a> ActionKey<'a> {
    #[inline]
    pub(crate) fn new(lower: &'a [u8]) -> Self {
        Self {
            lower,
            hashes: Cell::new(None),
        }
    }

    /// Of the whole action, of its service.
    fn hashes(&self) -> [u64; 2] {
        if let Some(known) = self.hashes.get() {
            return known;
        }
        let colon = self.lower.iter().position(|byte| *byte == b':');
        let (service, name) = self.lower.split_at(colon.map_or(0, |colon| colon + 1));
        let service_hash = fnv(FNV_START, service);
        let hashes = [fnv(service_hash, name), service_hash];
        self.hashes.set(Some(hashes));
        hashes
    }
}

/// The files of one document: its Denies and its Allows apart, because a verdict asks for the Denies
/// of all layers before it asks for an Allow.
#[derive(Debug)]
pub(crate) struct Index {
    count: u32,
    denies: Cabinet,
    allows: Cabinet,
}

/// Where the statements of one effect are found.
#[derive(Debug)]
enum Cabinet {
    /// So few statements that looking at each is cheapest.
    All(Box<[u32]>),
    Filed {
        by_action: Files<Bucket>,
        any_action: Bucket,
    },
}

type Files<T> = HashMap<u64, T, BuildHasherDefault<Ready>>;

#[derive(Debug)]
pub(crate) enum Bucket {
    List(Box<[u32]>),
    ByResource {
        /// Lengths of the beginnings that occur, ascending.
        lengths: Box<[usize]>,
        by_beginning: Files<Box<[u32]>>,
    },
}

const SMALL_DOCUMENT: usize = 4;
const SMALL_BUCKET: usize = 12;
/// Longer beginnings tell no more statements apart and cost hashing.
const LONGEST_BEGINNING: usize = 256;

impl Index {
    pub(crate) fn new(statements: &[Statement]) -> Self {
        // A document is limited in size, so positions fit.
        let count = u32::try_from(statements.len()).unwrap_or(u32::MAX);
        let of = |effect| {
            let positions = (0..count).zip(statements);
            positions
                .filter(|(_, statement)| statement.effect == effect)
                .map(|(position, _)| position)
                .collect()
        };
        Self {
            count,
            denies: Cabinet::new(of(Effect::Deny), statements),
            allows: Cabinet::new(of(Effect::Allow), statements),
        }
    }

    /// Calls `visit` with the position of every statement that may speak of the request. A position
    /// may come twice; only in small documents the order is that of the document.
    #[inline]
    pub(crate) fn candidates(
        &self,
        action: &ActionKey<'_>,
        resource: &str,
        mut visit: impl FnMut(u32),
    ) {
        if self.count as usize <= SMALL_DOCUMENT {
            (0..self.count).for_each(visit);
        } else {
            self.denies.candidates(action, resource, &mut visit);
            self.allows.candidates(action, resource, &mut visit);
        }
    }

    /// All statements of one effect, in the order of the document, where they are so few that they
    /// are not filed.
    #[inline]
    pub(crate) fn in_order(&self, effect: Effect) -> Option<&[u32]> {
        match self.cabinet(effect) {
            Cabinet::All(positions) => Some(positions),
            Cabinet::Filed { .. } => None,
        }
    }

    #[inline]
    fn cabinet(&self, effect: Effect) -> &Cabinet {
        match effect {
            Effect::Deny => &self.denies,
            Effect::Allow => &self.allows,
        }
    }

    /// Like [`Index::candidates`] for the statements of one effect.
    #[inline]
    pub(crate) fn candidates_of(
        &self,
        effect: Effect,
        action: &ActionKey<'_>,
        resource: &str,
        mut visit: impl FnMut(u32),
    ) {
        self.cabinet(effect)
            .candidates(action, resource, &mut visit);
    }
}

impl Cabinet {
    fn new(positions: Vec<u32>, statements: &[Statement]) -> Self {
        if positions.len() <= SMALL_DOCUMENT {
            return Self::All(positions.into_boxed_slice());
        }
        let mut by_action: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut any_action = Vec::new();
        for position in positions {
            match action_hashes(&statements[position as usize]) {
                None => any_action.push(position),
                Some(hashes) => {
                    for hash in hashes {
                        by_action.entry(hash).or_default().push(position);
                    }
                }
            }
        }
        Self::Filed {
            by_action: by_action
                .into_iter()
                .map(|(hash, list)| (hash, Bucket::new(list, statements)))
                .collect(),
            any_action: Bucket::new(any_action, statements),
        }
    }

    #[inline]
    fn candidates(&self, action: &ActionKey<'_>, resource: &str, visit: &mut impl FnMut(u32)) {
        match self {
            Self::All(positions) => positions.iter().for_each(|position| visit(*position)),
            Self::Filed {
                by_action,
                any_action,
            } => {
                for hash in action.hashes() {
                    if let Some(bucket) = by_action.get(&hash) {
                        bucket.candidates(resource, visit);
                    }
                }
                any_action.candidates(resource, visit);
            }
        }
    }
}

impl Bucket {
    fn new(list: Vec<u32>, statements: &[Statement]) -> Self {
        if list.len() <= SMALL_BUCKET {
            return Self::List(list.into_boxed_slice());
        }
        let mut by_beginning: HashMap<u64, Vec<u32>> = HashMap::new();
        let mut lengths = Vec::new();
        for position in list {
            let statement = &statements[position as usize];
            for (length, hash) in beginnings(statement) {
                lengths.push(length);
                by_beginning.entry(hash).or_default().push(position);
            }
        }
        lengths.sort_unstable();
        lengths.dedup();
        Self::ByResource {
            lengths: lengths.into_boxed_slice(),
            by_beginning: by_beginning
                .into_iter()
                .map(|(hash, list)| (hash, list.into_boxed_slice()))
                .collect(),
        }
    }

    fn candidates(&self, resource: &str, visit: &mut impl FnMut(u32)) {
        match self {
            Self::List(list) => list.iter().for_each(|position| visit(*position)),
            Self::ByResource {
                lengths,
                by_beginning,
            } => {
                let bytes = resource.as_bytes();
                let mut hash = FNV_START;
                let mut done = 0;
                for &length in lengths {
                    let Some(next) = bytes.get(done..length) else {
                        break;
                    };
                    hash = fnv(hash, next);
                    done = length;
                    if let Some(list) = by_beginning.get(&hash) {
                        list.iter().for_each(|position| visit(*position));
                    }
                }
            }
        }
    }
}

/// Where a statement is filed; `None` = under any action.
fn action_hashes(statement: &Statement) -> Option<Vec<u64>> {
    if statement.action.negated {
        return None;
    }
    let mut hashes = Vec::new();
    for pattern in &statement.action.patterns {
        let text = match pattern.as_exact() {
            Some(exact) => exact,
            None => {
                let prefix = pattern.literal_prefix();
                &prefix[..=prefix.find(':')?]
            }
        };
        hashes.push(fnv(FNV_START, text.as_bytes()));
    }
    hashes.sort_unstable();
    hashes.dedup();
    Some(hashes)
}

/// What resources of the statement begin with, as length and hash.
fn beginnings(statement: &Statement) -> Vec<(usize, u64)> {
    let resources = match &statement.resource {
        // Variables without value are reported whatever the resource is, so such statements are
        // always looked at.
        Some(element) if !element.negated && !element.has_variables => &element.patterns,
        _ => return vec![(0, FNV_START)],
    };
    let mut found: Vec<(usize, u64)> = resources
        .iter()
        .map(|pattern| {
            let (first, second) = pattern.literal_prefix();
            let first = &first.as_bytes()[..first.len().min(LONGEST_BEGINNING)];
            let left = LONGEST_BEGINNING - first.len();
            let second = &second.as_bytes()[..second.len().min(left)];
            (
                first.len() + second.len(),
                fnv(fnv(FNV_START, first), second),
            )
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: it can go on from any beginning, which is what the files by resource need.
fn fnv(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Ready(u64);

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv(self.0 ^ FNV_START, bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        // hashbrown takes its control bits from the top; FNV mixes them well enough.
        self.0 = hash;
    }
}
