//! A service that brings its database to head before it takes its first request.
//!
//! ```sh
//! cargo run --example service_startup
//! ```
//!
//! Three copies of it start at the same moment, as they do when a cluster is rolled out: one
//! migrates, the others wait for it. Each then answers one request and ends. With a web framework
//! nothing changes: call `migrate` before the framework's `serve`.
#![allow(clippy::print_stdout, reason = "it is made to be read")]

#[expect(dead_code, reason = "the blocking half of it")]
mod support;

use std::{error::Error, net::SocketAddr, sync::Arc, time::Duration};

use samokoder_migrate::testing::Server;
use samokoder_schema::migrations::{self, Revision};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Barrier,
};
use tokio_postgres::{Client, NoTls};

type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

#[tokio::main]
async fn main() -> Result<()> {
    let server = tokio::task::spawn_blocking(Server::start).await??;
    let database = server.database()?;
    connect(&database.url())
        .await?
        .batch_execute(support::SUPABASE)
        .await?;

    let start = Arc::new(Barrier::new(3));
    let copies: Vec<_> = (1..=3)
        .map(|copy| tokio::spawn(serve_once(copy, database.url(), Arc::clone(&start))))
        .collect();
    for copy in copies {
        copy.await??;
    }
    Ok(())
}

/// Starts the service, asks it one question as a client would, and ends it.
async fn serve_once(copy: usize, url: String, start: Arc<Barrier>) -> Result<()> {
    let mut client = connect(&url).await?;
    start.wait().await;
    println!("copy {copy} {}", migrate(&mut client).await?);

    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let question = tokio::spawn(ask(address));
    let (stream, _) = listener.accept().await?;
    respond(stream, &mut client).await?;
    let answer = question.await??;
    println!(
        "copy {copy} answers GET /health: {}",
        answer.lines().last().unwrap_or_default()
    );
    Ok(())
}

/// Brings the database to head; of several copies of the service, one does it.
async fn migrate(client: &mut Client) -> Result<String> {
    let report = migrations::run_to(Revision::Head)
        .lock_timeout(Duration::from_secs(3))
        .wait(Duration::from_secs(60))
        .on(client)
        .await?;
    let did = match report.steps().len() {
        0 => "waited for another copy".to_owned(),
        steps => format!("did {steps} steps"),
    };
    let (trips, millis) = (report.round_trips(), report.elapsed().as_millis());
    Ok(format!("{did}: {trips} round trips, {millis} ms"))
}

/// Answers with the revision that the database is at.
async fn respond(mut stream: TcpStream, client: &mut Client) -> Result<()> {
    let mut request = [0; 1024];
    let _: usize = stream.read(&mut request).await?;
    let status = migrations::status().on(client).await?;
    let (code, body) = match status.current().known() {
        Some(revision) if status.is_at_head() => ("200 OK", format!("at {revision}")),
        _ => ("503 Service Unavailable", "not at head".to_owned()),
    };
    let answer = format!("HTTP/1.0 {code}\r\nContent-Type: text/plain\r\n\r\n{body}\n");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await?;
    Ok(())
}

async fn ask(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /health HTTP/1.0\r\n\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
