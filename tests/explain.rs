//! The programs in the pages of `explain` are those in `tests/explain`, and do what the pages say.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]
#![expect(
    unreachable_pub,
    reason = "the programs are parts of a library in the pages"
)]

use std::{error::Error, fs, path::Path};

use page::blocks;
use postgres::{Client, NoTls};
use samokoder_migrate::{
    Code,
    testing::{Database, Server},
};

#[path = "../samokoder-migrate-core/tests/explain/page.rs"]
mod page;
#[path = "explain/pooler.rs"]
mod pooler;
#[path = "explain/SM0711_broken.rs"]
mod pooler_broken;
#[path = "explain/SM0711_mended.rs"]
mod pooler_mended;
#[path = "explain/SM0609_broken.rs"]
mod rows_broken;
#[path = "explain/SM0609_mended.rs"]
mod rows_mended;
#[path = "explain/SM0708_broken.rs"]
#[expect(clippy::unused_async, reason = "that it does not await is its mistake")]
mod runtime_broken;
#[path = "explain/SM0708_mended.rs"]
mod runtime_mended;
#[path = "explain/SM0608_broken.rs"]
mod seed_broken;
#[path = "explain/SM0608_mended.rs"]
mod seed_mended;
#[path = "explain/SM0703_broken.rs"]
mod transaction_broken;
#[path = "explain/SM0703_mended.rs"]
mod transaction_mended;

samokoder_migrate::embed_migrations!("./explain/migrations", seeds = "./explain/seeds");

/// The codes whose pages show programs that are run here.
const CODES: [Code; 5] = [
    Code::NotAtHead,
    Code::SeedFile,
    Code::OpenTransaction,
    Code::BlockingInAsync,
    Code::NoSession,
];

fn database() -> Database {
    Server::shared().unwrap().database().unwrap()
}

fn connect(database: &Database) -> Client {
    Client::connect(&database.url(), NoTls).unwrap()
}

/// Returns what a query that gives one text gives.
fn text(client: &mut Client, query: &str) -> String {
    client.query_one(query, &[]).unwrap().get(0)
}

fn is_at_head(client: &mut Client) -> bool {
    migrations::status().on(client).unwrap().is_at_head()
}

/// Returns the code of an error of ours behind any.
fn code(error: &(dyn Error + 'static)) -> Code {
    let error = error.downcast_ref::<samokoder_migrate::Error>();
    error.unwrap_or_else(|| panic!("another error")).code()
}

#[test]
fn every_program_and_file_of_a_page_is_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The bridge to refinery is a feature that this package does not have.
    let elsewhere = Code::ForeignRunner;
    let of_a_run = |code: &&Code| &code.as_str()[2..4] >= "06" && **code != elsewhere;
    for code in Code::ALL.iter().filter(of_a_run) {
        let page = root.join(format!("samokoder-migrate-core/explain/{code}.md"));
        let page = fs::read_to_string(page).unwrap();
        for heading in ["Broken", "Mended"] {
            let blocks = blocks(&page, heading);
            let programs = blocks.iter().filter(|block| block.kind == "rust").count();
            assert_eq!(programs, usize::from(CODES.contains(code)), "{code}");
            for block in blocks.iter().filter(|_| programs > 0) {
                let path = match block.kind {
                    "rust" => format!("{code}_{}.rs", heading.to_lowercase()),
                    _ => block.path.to_owned(),
                };
                let file = fs::read_to_string(root.join("tests/explain").join(&path)).unwrap();
                assert_eq!(block.body, file, "{code}: {path}");
            }
        }
    }
}

#[test]
fn a_seed_is_refused_below_head_and_runs_at_head() {
    let database = database();
    let mut client = connect(&database);
    let error = seed_broken::start(&mut client).unwrap_err();
    assert_eq!(error.code(), Code::NotAtHead);
    seed_mended::start(&mut client).unwrap();
    let users = text(&mut client, "SELECT count(*)::text FROM users");
    assert_eq!(users, "1");
}

#[test]
fn rows_are_not_found_where_they_are_not_and_loaded_from_where_they_are() {
    let database = database();
    let mut client = connect(&database);
    let error = rows_broken::start(&mut client).unwrap_err();
    assert_eq!(error.code(), Code::SeedFile);
    assert!(!is_at_head(&mut client));
    rows_mended::start(&mut client).unwrap();
    let orders = text(&mut client, "SELECT count(*)::text FROM orders");
    assert_eq!(orders, "2");
    // The folder of the build is the same one.
    let again = migrations::run_to(migrations::Revision::Head).on(&mut client);
    assert!(again.unwrap().is_noop());
}

#[test]
fn an_open_transaction_is_refused_and_its_end_is_awaited() {
    let database = database();
    let mut client = connect(&database);
    let error = transaction_broken::start(&mut client).unwrap_err();
    assert_eq!(code(&*error), Code::OpenTransaction);
    client.batch_execute("ROLLBACK").unwrap();
    assert!(!is_at_head(&mut client));
    transaction_mended::start(&mut client).unwrap();
    assert!(is_at_head(&mut client));
    text(&mut client, "SELECT 'visits'::regclass::text");
}

#[test]
fn a_blocking_connection_is_refused_in_a_runtime_and_an_async_one_is_taken() {
    let database = database();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime.block_on(runtime_broken::start()).unwrap_err();
    assert_eq!(error.code(), Code::BlockingInAsync);
    runtime.block_on(async {
        let url = database.url();
        let connected = tokio_postgres::connect(&url, NoTls).await;
        let (mut client, connection) = connected.unwrap();
        tokio::spawn(connection);
        runtime_mended::start(&mut client).await.unwrap();
    });
    assert!(is_at_head(&mut connect(&database)));
}

#[test]
fn a_script_that_needs_a_session_passes_a_pooler_that_is_said_to_keep_it() {
    let database = database();
    let direct = database.url();
    let port = direct.rsplit([':', '/']).nth(1).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let pooler = pooler::listen(port.parse().unwrap()).await;
        let url = direct.replace(&format!(":{port}/"), &format!(":{pooler}/"));
        let (mut client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
        tokio::spawn(connection);
        let error = pooler_broken::start(&mut client).await.unwrap_err();
        assert_eq!(error.code(), Code::NoSession);
        let made = "SELECT 1 FROM pg_namespace WHERE nspname = 'samokoder_migrate'";
        assert!(client.query(made, &[]).await.unwrap().is_empty());
        pooler_mended::start(&mut client).await.unwrap();
    });
    assert!(is_at_head(&mut connect(&database)));
}
