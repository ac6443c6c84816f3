//! `harness mutate …`

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use harness::{
    mutate::{self, Mutation, Options},
    run,
};

use super::{interrupt, progress::Bar, run::RunArgs};

/// Break a target in one way after the other and see whether `harness contract` notices.
///
/// A proxy between the harness and the target changes answers. Everything that the target has may be changed by this:
/// it must say that it is there to be tested. Exits with 0 if the share of mutants detected reaches the threshold, 1 if
/// it does not, 2 if the target can't be judged.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct MutateArgs {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    mutants: MutantArgs,
    /// The share of mutants that has to be detected, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value_t = 0.99, value_parser = share)]
    threshold: f64,
    /// How the score is written to standard output.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

#[derive(Subcommand)]
enum Command {
    /// Print what can be broken, and where that applies.
    Catalogue,
    /// Print the mutants that apply to a target.
    List(ListArgs),
    /// Stand between any client and a target, with one mutant.
    ///
    /// `GET /__mutants` lists those that apply, `GET /__mutant` tells the one that stands and how many answers it has
    /// changed, `PUT /__mutant` with `{"mutant": NAME}` puts another there, with null none.
    Proxy(ProxyArgs),
}

#[derive(Args)]
struct ListArgs {
    #[command(flatten)]
    mutants: MutantArgs,
    /// How the mutants are written to standard output.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    format: Form,
}

#[derive(Args)]
struct ProxyArgs {
    #[command(flatten)]
    mutants: MutantArgs,
    /// The mutant that stands at first, such as 'drop-required@GET /rest/api/3/myself'.
    #[arg(long, value_name = "NAME")]
    mutant: Option<String>,
    /// Where to listen.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// What is broken, and in which run that is to be noticed.
#[derive(Args)]
struct MutantArgs {
    #[command(flatten)]
    run: RunArgs,
    /// Only mutations that match, such as 'drop-*'. Can be given several times.
    #[arg(long, value_name = "GLOB")]
    mutations: Vec<String>,
    /// Only that many mutants, chosen by the seed.
    #[arg(long, value_name = "N")]
    sample: Option<usize>,
    /// How long to wait for answers that are made to come too late, in milliseconds.
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 500)]
    patience: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For a terminal.
    Human,
    /// For programs.
    Json,
}

impl MutantArgs {
    fn options(self) -> anyhow::Result<Options> {
        let run = run::Options { allow_writes: true, stop: interrupt::stop()?, ..self.run.options() };
        let patience = Duration::from_millis(self.patience);
        Ok(Options { run, mutations: self.mutations, sample: self.sample, listen: None, patience })
    }
}

impl MutateArgs {
    /// Runs, reports, and says by the exit code what came of it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self.command {
            Some(Command::Catalogue) => {
                for mutation in Mutation::ALL {
                    println!("{mutation:<22} {}\n{:<22} applies {}", mutation.does(), "", mutation.applies());
                }
                Ok(ExitCode::SUCCESS)
            }
            Some(Command::List(arguments)) => arguments.run().await,
            Some(Command::Proxy(arguments)) => arguments.run().await,
            None => {
                let (options, bar) = (self.mutants.options()?, Bar::new());
                let score = mutate::score(&options, &show(&bar)).await?;
                bar.finish();
                match self.format {
                    Form::Human => anstream::print!("{}", score.human()),
                    Form::Json => println!("{}", serde_json::to_string_pretty(&score)?),
                }
                anyhow::ensure!(!options.run.stop.is_cancelled(), "it was interrupted");
                anyhow::ensure!(score.summary.applied > 0, "no mutant applies");
                Ok(ExitCode::from(u8::from(score.summary.value() < self.threshold)))
            }
        }
    }
}

impl ListArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let (options, bar) = (self.mutants.options()?, Bar::new());
        let (_, mutants) = mutate::stand(&options, &show(&bar)).await?;
        bar.finish();
        match self.format {
            Form::Human => mutants.iter().for_each(|mutant| println!("{}  {}", mutant.name, mutant.at)),
            Form::Json => println!("{}", serde_json::to_string_pretty(&mutants)?),
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl ProxyArgs {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let options = Options { listen: Some(self.listen), ..self.mutants.options()? };
        let bar = Bar::new();
        let (proxy, mutants) = mutate::stand(&options, &show(&bar)).await?;
        bar.finish();
        proxy.put(self.mutant.as_deref()).map_err(anyhow::Error::msg)?;
        println!("listening on {}, {} mutants apply", proxy.address(), mutants.len());
        options.run.stop.cancelled().await;
        Ok(ExitCode::SUCCESS)
    }
}

fn show(bar: &Bar) -> impl Fn(run::Progress) + Sync + '_ {
    |now| bar.show(now.done, now.of, &format!("{}, {} survived", now.doing, now.failures))
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share is a number from 0 to 1, such as 0.99".to_owned())
}
