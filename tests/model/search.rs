//! Breadth first, until no world is new.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::{
    processes::Cast,
    world::{Protocol, Record, Violation, World},
};

/// So many worlds fit into a test; more are a mistake in the model.
const MOST: usize = 1_000_000;

/// What a search came to.
pub struct Found {
    pub states: usize,
    pub transitions: usize,
    pub violations: BTreeSet<Violation>,
    /// The states a record was in.
    pub mail_states: BTreeSet<u8>,
    story: Vec<World>,
}

impl Found {
    /// The shortest way to the first violation.
    pub fn story(&self) -> String {
        let worlds = self.story.iter().map(|world| format!("\n{world:?}"));
        worlds.collect()
    }
}

/// Searches everything, or until this violation is found.
pub fn search(cast: &Cast, protocol: Protocol, until: Option<Violation>) -> Found {
    let mut found = Found {
        states: 0,
        transitions: 0,
        violations: BTreeSet::new(),
        mail_states: BTreeSet::new(),
        story: Vec::new(),
    };
    // What comes in the end depends on the record and the time alone, if there is a record.
    let mut ends: HashMap<(Record, u16), Option<Violation>> = HashMap::new();
    let first = World::first(cast);
    // Each world once, with the number of the one before it.
    let (mut worlds, mut known) = (vec![(first, 0)], HashSet::from([first]));
    while let Some((world, _)) = worlds.get(found.states).copied() {
        let number = found.states;
        found.states += 1;
        found.mail_states.extend(world.record.map(|record| record.state));
        let in_the_end = match world.record {
            Some(record) => *ends
                .entry((record, world.now))
                .or_insert_with(|| world.violation_in_the_end(protocol)),
            None => world.violation_in_the_end(protocol),
        };
        if let Some(violation) = world.violation().or(in_the_end) {
            if found.violations.is_empty() {
                found.story = way_to(number, &worlds);
            }
            found.violations.insert(violation);
            if until.is_none_or(|until| until == violation) {
                return found;
            }
            continue;
        }
        for next in world.next(cast.roles, protocol) {
            found.transitions += 1;
            if known.insert(next) {
                worlds.push((next, number));
            }
        }
        assert!(worlds.len() < MOST, "too many worlds: {:?}", cast.roles);
    }
    found
}

fn way_to(number: usize, worlds: &[(World, usize)]) -> Vec<World> {
    let (world, before) = worlds[number];
    let mut way = if number == before {
        Vec::new()
    } else {
        way_to(before, worlds)
    };
    way.push(world);
    way
}
