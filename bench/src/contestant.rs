//! Who takes part, and what one start of each is measured by.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    Failure,
    company::{Asked, Company},
    process::{Process, Share},
    runtime_api::RuntimeApi,
    tls::Tls,
};

/// A function in one of the languages.
pub struct Contestant {
    /// What it is called in the tables.
    pub name: String,
    command: Vec<String>,
    variables: BTreeMap<String, String>,
    /// What is deployed: a file, or a folder with everything in it.
    pub package: PathBuf,
    /// The same as a zip, if it was made.
    pub zip: PathBuf,
}

/// What one start came to.
pub struct Start {
    /// Processor time from exec until it asks for its first event.
    pub ready: Duration,
    /// The same without what it does of its own accord to be warm: from its first connection to AWS until it turns to
    /// the Runtime API.
    pub ready_without_warm_up: Duration,
    /// Processor time from exec until its first answer.
    pub first_answer: Duration,
    /// Processor time of each further request.
    pub warm: Vec<Duration>,
    /// KB.
    pub peak_memory: u64,
    /// What its first request asked of AWS.
    pub asked: Asked,
}

impl Contestant {
    /// All of them, from the folder where `bench/run` puts them; and further binaries of ours, `NAME=PATH`.
    pub fn all(packages: &Path, tls: &Tls, further: &[(String, PathBuf)]) -> Result<Vec<Self>, Failure> {
        let root = packages.join("root.pem");
        fs::write(&root, &tls.root)?;
        // Each reads what it reads in AWS, and our root besides: Amazon's authorities, those that botocore brings, Node's.
        let amazon = packages.join("amazon.pem");
        fs::write(
            &amazon,
            include_str!("../../shared/lambda/src/amazon_roots.pem").to_owned() + &tls.root,
        )?;
        let python = packages.join("python");
        let botocore = packages.join("botocore.pem");
        let bundle = fs::read_to_string(python.join("botocore/cacert.pem"))?;
        fs::write(&botocore, bundle + &tls.root)?;

        // What a binary of before read.
        let system = packages.join("system.pem");
        let store = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").unwrap_or_default();
        fs::write(&system, store + &tls.root)?;

        let ours = |name: &str, binary: &Path, zip: &str| {
            let variables = [("AWS_CA_BUNDLE", amazon.as_path()), ("SSL_CERT_FILE", system.as_path())];
            Self::new(name, tls, &[text(binary)], &variables, binary, packages.join(zip))
        };
        let mut all = vec![
            ours("hello in Rust", &packages.join("hello/bootstrap"), "hello.zip")?,
            ours("ours", &packages.join("ours/bootstrap"), "ours.zip")?,
        ];
        for (name, binary) in further {
            all.push(ours(name, binary, &format!("{name}.zip"))?);
        }
        let command = ["python3.11", "-m", "awslambdaric", "handler.handler"].map(str::to_owned);
        let variables = [("AWS_CA_BUNDLE", botocore.as_path()), ("PYTHONPATH", python.as_path())];
        let package = packages.join("python-package");
        all.push(Self::new(
            "Python 3.11",
            tls,
            &command,
            &variables,
            &package,
            packages.join("python.zip"),
        )?);
        let package = packages.join("node/bootstrap.mjs");
        let command = ["node".to_owned(), text(&package)];
        let variables = [("NODE_EXTRA_CA_CERTS", root.as_path())];
        all.push(Self::new(
            "Node",
            tls,
            &command,
            &variables,
            &package,
            packages.join("node.zip"),
        )?);
        Ok(all)
    }

    fn new(
        name: &str,
        tls: &Tls,
        command: &[String],
        own: &[(&str, &Path)],
        package: &Path,
        zip: PathBuf,
    ) -> Result<Self, Failure> {
        let mut variables: BTreeMap<_, _> = Company::settings()?.into_iter().collect();
        let given = [
            ("AWS_LAMBDA_FUNCTION_NAME", "send-email"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "send-email"),
            ("AWS_SECRET_ACCESS_KEY", local::SECRET_KEY),
            ("AWS_ENDPOINT_URL", &tls.url),
            ("PATH", &std::env::var("PATH")?),
            ("LANG", "C.UTF-8"),
        ];
        variables.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
        variables.extend(own.iter().map(|(name, value)| ((*name).to_owned(), text(value))));
        Ok(Self {
            name: name.to_owned(),
            command: command.to_vec(),
            variables,
            package: package.to_owned(),
            zip,
        })
    }

    /// Starts it and has it turn down one applicant, and then so many more.
    pub async fn start(&self, company: &mut Company, tls: &Tls, warm: usize) -> Result<Start, Failure> {
        let (process, mut api) = self.launch(tls, None).await?;
        let ready = process.processor_time()?;
        let warm_up = match (tls.connected.first(), api.connected.first()) {
            (Some(from), Some(to)) => to.saturating_sub(from),
            _ => Duration::ZERO,
        };
        company.asked();
        api.hand_out(company.rejection()?).await?;
        let answer = api.answered().await?;
        let first_answer = process.processor_time()?;
        self.check(&answer)?;
        api.asked().await?;
        let asked = company.asked();
        let mut times = Vec::with_capacity(warm);
        for _ in 0..warm {
            let event = company.rejection()?;
            let before = process.processor_time()?;
            api.hand_out(event).await?;
            let answer = api.answered().await?;
            api.asked().await?;
            times.push(process.processor_time()?.saturating_sub(before));
            self.check(&answer)?;
        }
        let peak_memory = process.peak_memory()?;
        process.end().await?;
        Ok(Start {
            ready,
            ready_without_warm_up: ready.saturating_sub(warm_up),
            first_answer,
            warm: times,
            peak_memory,
            asked,
        })
    }

    /// Starts it as Lambda does with so many MB: with a whole processor until it asks for its first event, then with its
    /// share. How long the first answer takes, by the clock on the wall.
    pub async fn throttled(&self, company: &mut Company, tls: &Tls, share: Share) -> Result<Duration, Failure> {
        let (process, mut api) = self.launch(tls, Some(share)).await?;
        let event = company.rejection()?;
        process.throttle()?;
        let begin = Instant::now();
        api.hand_out(event).await?;
        let answer = api.answered().await?;
        let elapsed = begin.elapsed();
        self.check(&answer)?;
        process.end().await?;
        Ok(elapsed)
    }

    async fn launch(&self, tls: &Tls, share: Option<Share>) -> Result<(Process, RuntimeApi), Failure> {
        let mut api = RuntimeApi::start().await?;
        let mut variables = self.variables.clone();
        variables.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), api.address.clone());
        let process = Process::start(&self.command, &variables, share)?;
        tls.connected.watch(&process);
        api.connected.watch(&process);
        api.asked().await.map_err(|error| format!("{}: {error}", self.name))?;
        Ok((process, api))
    }

    fn check(&self, answer: &str) -> Result<(), Failure> {
        let parsed: Value = serde_json::from_str(answer)?;
        if parsed["statusCode"] == 200 {
            return Ok(());
        }
        Err(format!("{} answered {answer}", self.name).into())
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// How many bytes a file has, or everything in a folder.
pub fn bytes(path: &Path) -> io::Result<u64> {
    let metadata = fs::metadata(path)?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    fs::read_dir(path)?.map(|entry| bytes(&entry?.path())).sum()
}
