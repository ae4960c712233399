//! What each process does next, and what may happen to it on the way.

use domain::{MailEvent, MailRecord, MailState, MailTold, Refusal, Sweep};

use crate::world::{Protocol, Record, World, moment, order, word};

/// The most processes at once.
pub const PROCESSES: usize = 5;

/// Lambda ends what runs longer, in seconds.
const LONGEST: u16 = 60;

/// How far a process has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Process {
    /// It may begin; who ends here may begin again.
    Ready,
    /// It has read that its command is new.
    Loaded,
    /// It has sent before it writes, which is a mistake.
    SentUnwritten,
    /// It has written the status and has still to write the rest, which is a mistake.
    HalfWritten,
    /// It is about to ask SES for this attempt, which it owns.
    Sending(Record),
    /// It is about to write the second record over the first, and then goes on.
    Marking(Record, Record, Then),
    /// It is over.
    Over,
}

/// What comes after a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Then {
    /// Nothing; the state was told to whoever asked.
    End,
    /// The attempt, if the mark was written.
    Send,
    /// The same once more, if it was not.
    TellAgain(u8),
}

/// What a process is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A request, once.
    Request { key: u8 },
    /// The sweep, again and again.
    Sweep,
    /// Somebody orders once more what did not arrive, once.
    Person,
    /// SES's events, again and again.
    Events,
}

/// Who takes part, and how much may happen. All at once would be more worlds than can be searched.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    pub roles: &'static [Role],
    /// How often SES may refuse for a passing cause.
    pub refusals: u8,
    /// How many events come twice.
    pub doubled: u8,
}

/// Requests against each other; a repeated one against the sweep; sweeps against each other; people against the sweep.
pub const CASTS: [Cast; 4] = [
    Cast {
        roles: &[
            Role::Request { key: 1 },
            Role::Request { key: 1 },
            Role::Request { key: 2 },
            Role::Events,
        ],
        refusals: 1,
        doubled: 1,
    },
    Cast {
        roles: &[
            Role::Request { key: 1 },
            Role::Request { key: 1 },
            Role::Sweep,
            Role::Events,
        ],
        refusals: 2,
        doubled: 1,
    },
    Cast {
        roles: &[Role::Request { key: 1 }, Role::Sweep, Role::Sweep, Role::Events],
        refusals: 2,
        doubled: 1,
    },
    Cast {
        roles: &[
            Role::Request { key: 1 },
            Role::Sweep,
            Role::Person,
            Role::Person,
            Role::Events,
        ],
        refusals: 0,
        doubled: 1,
    },
];

pub const KINDS: [MailEvent; 4] = [
    MailEvent::Sent,
    MailEvent::Delivered,
    MailEvent::Bounced,
    MailEvent::Rejected,
];

impl World {
    /// All worlds that may come next.
    pub fn next(&self, roles: &[Role], protocol: Protocol) -> Vec<Self> {
        let mut next = Vec::new();
        for (process, role) in roles.iter().enumerate() {
            self.step(process, *role, protocol, &mut next);
        }
        // Time goes on to when the sweep has to look.
        let due = self.record.and_then(|record| record.real().due_at());
        if let Some(due) = due.and_then(|due| u16::try_from(due.as_second()).ok())
            && due > self.now
            && (due < self.now + LONGEST || self.nobody_works())
        {
            next.push(Self { now: due, ..*self });
        }
        next
    }

    fn nobody_works(&self) -> bool {
        let idle = |process: &Process| matches!(process, Process::Ready | Process::Over);
        self.processes.iter().all(idle)
    }

    fn with(&self, process: usize, state: Process) -> Self {
        let mut world = *self;
        world.processes[process] = state;
        world
    }

    /// Where a process of this role is when nothing is left to do.
    fn rest(role: Role) -> Process {
        match role {
            Role::Sweep | Role::Events => Process::Ready,
            Role::Request { .. } | Role::Person => Process::Over,
        }
    }

    fn step(&self, process: usize, role: Role, protocol: Protocol, next: &mut Vec<Self>) {
        let state = self.processes[process];
        if !matches!(state, Process::Ready | Process::Over) {
            // It dies before its next call. After a call is before the next one.
            next.push(self.with(process, Self::rest(role)));
        }
        match state {
            Process::Over => {}
            Process::Ready => self.begin(process, role, protocol, next),
            Process::Loaded => self.commit(process, role, protocol, next),
            Process::SentUnwritten => {
                let owned = self.first_attempt(process);
                let accepted = Record::of(&owned.real().accepted(word(), moment(self.now)));
                self.write(process, role, accepted, protocol, next);
            }
            Process::HalfWritten => {
                let mut world = *self;
                world.entries += 1;
                let owned = world.first_attempt(process);
                world.record = Some(owned);
                next.push(world.with(process, Process::Sending(owned)));
            }
            Process::Sending(owned) => self.ask_ses(process, role, owned, protocol, next),
            Process::Marking(seen, record, then) => {
                self.write_mark(process, role, (seen, record, then), protocol, next);
            }
        }
    }

    fn begin(&self, process: usize, role: Role, protocol: Protocol, next: &mut Vec<Self>) {
        let Some(found) = self.record else {
            if matches!(role, Role::Request { .. }) {
                next.push(self.with(process, Process::Loaded));
            }
            return;
        };
        let real = found.real();
        let owner = process.to_string();
        match role {
            Role::Request { key } => {
                let mut world = self.with(process, Process::Over);
                if self.command == Some(key) {
                    world.answer(found.state());
                }
                next.push(world);
            }
            Role::Sweep => match real.sweep(&owner, moment(self.now)) {
                Sweep::Wait => {}
                Sweep::Settle(_) if protocol.sweep_skips_sending && real.state == MailState::Sending => {}
                Sweep::Settle(_) if protocol.sweep_resends_unclear && real.state == MailState::Sending => {
                    let claimed = MailRecord {
                        owner,
                        ..real.next_attempt(moment(self.now))
                    };
                    next.push(self.with(process, Process::Marking(found, Record::of(&claimed), Then::Send)));
                }
                Sweep::Settle(settled) => {
                    next.push(self.with(process, Process::Marking(found, Record::of(&settled), Then::End)));
                }
                Sweep::Try(claimed) => {
                    next.push(self.with(process, Process::Marking(found, Record::of(&claimed), Then::Send)));
                }
            },
            Role::Person => {
                if let Some(claimed) = real.ordered_again(order(moment(self.now)), &owner) {
                    next.push(self.with(process, Process::Marking(found, Record::of(&claimed), Then::Send)));
                }
            }
            Role::Events => {
                for event in (0..64).filter(|event| self.events & 1 << event != 0) {
                    let mut once = *self;
                    once.events &= !(1 << event);
                    once.tell(process, event, next);
                    if let Some(doubled_left) = self.doubled_left.checked_sub(1) {
                        let twice = Self { doubled_left, ..*self };
                        twice.tell(process, event, next);
                    }
                }
            }
        }
    }

    /// The event is held against the record as it is now. Events only ever get lost by never coming.
    fn tell(&self, process: usize, event: u8, next: &mut Vec<Self>) {
        let found = self.record.unwrap();
        let (attempt, kind) = (event / 4 + 1, event % 4);
        let told = MailTold {
            attempt: attempt.into(),
            event: KINDS[usize::from(kind)],
            message_id: word(),
        };
        let told = found.real().told(&told, moment(self.now));
        next.push(match told {
            Some(told) => self.with(
                process,
                Process::Marking(found, Record::of(&told), Then::TellAgain(event)),
            ),
            None => self.with(process, Process::Ready),
        });
    }

    fn answer(&mut self, state: MailState) {
        self.told_done = true;
        if matches!(state, MailState::Accepted | MailState::Delivered) && self.taken == 0 {
            self.told_too_much = true;
        }
    }

    fn first_attempt(&self, process: usize) -> Record {
        Record {
            state: 1,
            attempt: 1,
            ordered_attempt: 1,
            owner: u8::try_from(process).unwrap(),
            ordered_at: self.now,
            updated_at: self.now,
        }
    }

    fn commit(&self, process: usize, role: Role, protocol: Protocol, next: &mut Vec<Self>) {
        if protocol.sends_before_write {
            let mut world = *self;
            world.take(1, 1);
            next.push(world.with(process, Process::SentUnwritten));
            return;
        }
        let owned = self.first_attempt(process);
        self.write(process, role, owned, protocol, next);
    }

    /// The transaction: command, status, history and order, on condition of command and version.
    fn write(&self, process: usize, role: Role, owned: Record, protocol: Protocol, next: &mut Vec<Self>) {
        let Role::Request { key } = role else { return };
        // It does not reach the table, and the caller is told so.
        next.push(self.with(process, Process::Over));
        if self.version != 1 {
            let mut world = self.with(process, Process::Over);
            if let Some(found) = self.record
                && self.command == Some(key)
            {
                world.answer(found.state());
            }
            next.push(world);
            return;
        }
        let mut world = *self;
        world.version += 1;
        world.command = Some(key);
        if protocol.splits_writes {
            next.push(world.with(process, Process::HalfWritten));
            return;
        }
        world.entries += 1;
        if !protocol.orders_in_memory {
            world.record = Some(owned);
        }
        // It is written, and every answer of the table is lost.
        next.push(world.with(process, Process::Over));
        if protocol.sends_before_write {
            world.answer(owned.state());
            next.push(world.with(process, Process::Over));
        } else if protocol.accepts_early {
            let early = Record::of(&owned.real().accepted(word(), moment(self.now)));
            next.push(world.with(process, Process::Marking(owned, early, Then::Send)));
        } else {
            next.push(world.with(process, Process::Sending(owned)));
        }
    }

    fn ask_ses(&self, process: usize, role: Role, owned: Record, protocol: Protocol, next: &mut Vec<Self>) {
        let real = owned.real();
        let now = moment(self.now);
        let mut settle = |world: &Self, record: MailRecord| {
            let mark = Process::Marking(owned, Record::of(&record), Then::End);
            next.push(world.with(process, mark));
        };
        // Taken, and what SES will tell of it: delivered, bounced, or found bad after all.
        let mut ambiguous = vec![*self];
        for outcome in 1..4 {
            let mut world = *self;
            world.take(owned.attempt, outcome);
            settle(&world, real.accepted(word(), now));
            ambiguous.push(world);
        }
        settle(self, real.refused(Refusal::Permanent(word()), now));
        let passing = real.refused(Refusal::Passing(word()), now);
        if self.refusals_left > 0 {
            let world = Self {
                refusals_left: self.refusals_left - 1,
                ..*self
            };
            settle(&world, passing.clone());
            if matches!(role, Role::Request { .. }) {
                // Another attempt in the same invocation.
                let again = Record::of(&real.next_attempt(now));
                next.push(world.with(process, Process::Marking(owned, again, Then::Send)));
            }
        }
        // Nobody knows: taken or not, the answer is lost.
        for mut world in ambiguous {
            if protocol.sdk_retries && world.taken < 3 {
                next.push(world.with(process, Process::Sending(owned)));
            } else if protocol.releases_on_5xx {
                next.push(world.with(process, Process::Marking(owned, Record::of(&passing), Then::End)));
            } else {
                if matches!(role, Role::Request { .. }) {
                    world.answer(MailState::Sending);
                }
                next.push(world.with(process, Self::rest(role)));
            }
        }
    }

    fn write_mark(
        &self,
        process: usize,
        role: Role,
        (seen, record, then): (Record, Record, Then),
        protocol: Protocol,
        next: &mut Vec<Self>,
    ) {
        let rest = Self::rest(role);
        // It does not reach the table, and the process knows nothing of it.
        let mut unwritten = self.with(process, rest);
        if matches!(role, Role::Request { .. }) {
            unwritten.answer(record.state());
        }
        if protocol.tries_again_unwritten && then == Then::Send {
            unwritten = self.with(process, Process::Sending(record));
        }
        next.push(unwritten);

        let mut world = *self;
        let unconditional = protocol.claims_without_condition && role == Role::Sweep;
        if !world.mark(seen, record, unconditional) {
            if let Then::TellAgain(event) = then {
                world.tell(process, event, next);
                return;
            }
            if matches!(role, Role::Request { .. }) {
                world.answer(record.state());
            }
            next.push(world.with(process, rest));
            return;
        }
        if role == Role::Person {
            world.orders += 1;
        }
        // It is written, and every answer of the table is lost.
        next.push(world.with(process, rest));
        if then == Then::Send {
            next.push(world.with(process, Process::Sending(record)));
        } else {
            if matches!(role, Role::Request { .. }) {
                world.answer(record.state());
            }
            next.push(world.with(process, rest));
        }
    }
}
