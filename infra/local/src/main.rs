//! The portal on one machine.

use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};
use local::{Host, Options, Verified, demo, verify_history};
use tracing_subscriber::EnvFilter;

/// glibc's allocator takes a fifth of the time of a list.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Runs the whole hiring portal on this machine. Everything it knows is in one folder and survives a restart.
#[derive(Parser)]
#[command(name = "hiring-portal", version, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Where the portal listens.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder that keeps everything.
    #[arg(long, default_value = "hiring-portal-data", value_name = "FOLDER")]
    data: PathBuf,
    /// Another template than the built-in one.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// A value for one of the template's parameters; may be given several times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The folder of the built portal; `portal/dist` if it is there.
    #[arg(long, value_name = "FOLDER")]
    portal: Option<PathBuf>,
    /// Loads a company to try the portal with, unless it is there already.
    #[arg(long)]
    demo: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Checks that an application's history is complete and unchanged, or names the first broken entry.
    VerifyHistory {
        /// A head that was kept, which this program printed earlier: the history must go on from there.
        #[arg(long, value_name = "HASH")]
        kept_head: Option<String>,
        /// What `GET /api/applications/{applicationId}/history/proof` answered, all pages; standard input if none.
        #[arg(value_name = "FILE")]
        proofs: Vec<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    // dynoxide warns of every failed condition, which is daily business.
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,lambda=info,dynoxide=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{error}");
            let mut source = error.source();
            while let Some(cause) = source {
                eprint!(": {cause}");
                source = cause.source();
            }
            eprintln!();
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    if let Some(Command::VerifyHistory { kept_head, proofs }) = &arguments.command {
        return verify(proofs, kept_head.as_deref());
    }
    let Arguments {
        command: _,
        listen,
        data,
        template,
        parameters,
        portal,
        demo: with_demo,
    } = arguments;
    let mut parameters: BTreeMap<_, _> = parameters.into_iter().collect();
    if with_demo {
        let name = || demo::COMPANY_NAME.to_owned();
        parameters.entry("CompanyName".to_owned()).or_insert_with(name);
    }
    let host = Host::start(Options {
        listen,
        data: data.clone(),
        template,
        parameters,
        portal: portal.or_else(built_portal),
    })
    .await?;
    if with_demo {
        demo::load(&host).await?;
    }
    // Whoever reads only the first lines must not end the portal.
    let _ = announce(&host, &data, with_demo);
    tokio::select! {
        () = run_behind(&host) => {}
        ended = end() => ended?,
    }
    Ok(())
}

/// What AWS does by itself: SES's events come soon, the sweep each minute.
async fn run_behind(host: &Host) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    for seconds in 1_u64.. {
        second.tick().await;
        if let Err(error) = host.deliver_mail_events().await {
            tracing::error!(error, "an event of a mail was not handled");
        }
        if seconds.is_multiple_of(60)
            && let Err(error) = host.invoke("sweep", serde_json::json!({})).await
        {
            tracing::error!(error, "the sweep failed");
        }
    }
}

/// What `npm run build` left next to where the host is started.
fn built_portal() -> Option<PathBuf> {
    let folder = PathBuf::from("portal/dist");
    folder.join("index.html").is_file().then_some(folder)
}

fn verify(proofs: &[PathBuf], kept_head: Option<&str>) -> Result<(), Box<dyn Error>> {
    let pages = if proofs.is_empty() {
        io::read_to_string(io::stdin())?
    } else {
        proofs
            .iter()
            .map(fs::read_to_string)
            .collect::<Result<Vec<_>, _>>()?
            .concat()
    };
    let Verified {
        application_id,
        entries,
        head,
        kept,
    } = verify_history(&pages, kept_head)?;
    let head = head.as_str();
    let kept = kept.map_or_else(String::new, |entry| {
        format!("; the head that was kept is entry {entry}'s")
    });
    writeln!(
        io::stdout(),
        "{application_id}: {entries} entries, complete and unchanged, up to {head}{kept}"
    )?;
    Ok(())
}

/// Prints where everything is, and with the demo how to sign in.
fn announce(host: &Host, data: &Path, with_demo: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "Portal        {}", host.url())?;
    writeln!(out, "Inbox         {}/inbox", host.url())?;
    writeln!(out, "AWS endpoint  {}", host.wire().url())?;
    writeln!(out, "Data          {}", data.display())?;
    if with_demo {
        writeln!(out, "Demo          sign in with the password {}", demo::PASSWORD)?;
        for demo::SignIn { email, who } in demo::SIGN_INS {
            writeln!(out, "              {email:<36} {who}")?;
        }
    }
    out.flush()
}

/// Waits for Ctrl-C or the request to terminate.
async fn end() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
