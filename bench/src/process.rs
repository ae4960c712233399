//! A contestant's process: what it used of the processor and of memory, and how much of a processor it may use.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use nix::{
    time::{ClockId, clock_getcpuclockid},
    unistd::Pid,
};
use tokio::process::{Child, Command};

use crate::Failure;

/// A running process. Dropping it ends it.
pub struct Process {
    child: Child,
    clock: ClockId,
    share: Option<Share>,
}

impl Process {
    /// Starts it with these variables and no others.
    pub fn start(
        command: &[String],
        variables: &BTreeMap<String, String>,
        share: Option<Share>,
    ) -> Result<Self, Failure> {
        let (program, arguments) = command.split_first().ok_or("no program")?;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let id = child.id().ok_or("it has ended")?;
        if let Some(share) = &share {
            share.join(id)?;
        }
        let clock = clock_getcpuclockid(Pid::from_raw(i32::try_from(id)?))?;
        Ok(Self { child, clock, share })
    }

    /// The processor time of all its threads since its start, in user and kernel mode.
    pub fn processor_time(&self) -> Result<Duration, Failure> {
        Ok(self.clock.now()?.into())
    }

    /// The most memory it has had, in KB.
    pub fn peak_memory(&self) -> Result<u64, Failure> {
        let id = self.child.id().ok_or("it has ended")?;
        let status = fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmHWM")?;
        Ok(number.parse()?)
    }

    /// From now on it gets only its share of a processor.
    pub fn throttle(&self) -> io::Result<()> {
        self.share.as_ref().map_or(Ok(()), Share::apply)
    }

    /// Ends it.
    pub async fn end(mut self) -> io::Result<()> {
        self.child.kill().await
    }
}

/// The processor time a process had used when something first happened.
#[derive(Clone, Default)]
pub struct Mark(Arc<Mutex<Marked>>);

#[derive(Default)]
struct Marked {
    clock: Option<ClockId>,
    first: Option<Duration>,
}

impl Mark {
    /// From now on it is about this process.
    pub fn watch(&self, process: &Process) {
        *self.lock() = Marked {
            clock: Some(process.clock),
            first: None,
        };
    }

    /// It happens now.
    pub fn set(&self) {
        let mut marked = self.lock();
        if marked.first.is_none() {
            marked.first = marked.clock.and_then(|clock| clock.now().ok()).map(Duration::from);
        }
    }

    /// When it first happened, if it did.
    pub fn first(&self) -> Option<Duration> {
        self.lock().first
    }

    fn lock(&self) -> MutexGuard<'_, Marked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A share of a processor, as Lambda gives it for memory: a control group with a quota for each period of 20 ms.
pub struct Share {
    folder: PathBuf,
    memory: u32,
}

const PERIOD: u32 = 20_000;
/// At so many MB a function has a whole processor.
const WHOLE: u32 = 1_769;

impl Share {
    /// What Lambda gives a function with so many MB. None if this machine has no control groups to write.
    pub fn of_memory(memory: u32) -> Option<Self> {
        let roots = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup"];
        let root = roots
            .into_iter()
            .find(|root| Path::new(root).join("cgroup.procs").exists())?;
        let folder = Path::new(root).join(format!("bench-{}-{memory}", std::process::id()));
        fs::create_dir_all(&folder).ok()?;
        let share = Self { folder, memory };
        let quotas = [share.folder.join("cpu.cfs_quota_us"), share.folder.join("cpu.max")];
        quotas.iter().any(|quota| quota.exists()).then_some(share)
    }

    fn join(&self, process: u32) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), process.to_string())
    }

    fn apply(&self) -> io::Result<()> {
        let quota = PERIOD * self.memory / WHOLE;
        let second = self.folder.join("cpu.max");
        if second.exists() {
            return fs::write(second, format!("{quota} {PERIOD}"));
        }
        fs::write(self.folder.join("cpu.cfs_period_us"), PERIOD.to_string())?;
        fs::write(self.folder.join("cpu.cfs_quota_us"), quota.to_string())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // It can be removed only once the process is gone, which may take a moment.
        let _ = fs::remove_dir(&self.folder);
    }
}
