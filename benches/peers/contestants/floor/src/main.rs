//! The floor: one read, and one bare message that holds the same SQL and one row for each migration,
//! each migration in a transaction of its own. No lock, no checks, no way to tell what failed.

use contestant::{Call, Result, Verb};
use tokio_postgres::{Client, NoTls, SimpleQueryMessage, error::SqlState};

mod table {
    include!(concat!(env!("OUT_DIR"), "/table.rs"));
}

fn main() -> Result {
    let call = contestant::call()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&call))?;
    contestant::tell()
}

async fn run(call: &Call) -> Result {
    let (client, connection) = tokio_postgres::connect(&call.url, NoTls).await?;
    tokio::spawn(connection);
    let applied = read(&client).await?;
    match (call.verb, applied) {
        (Verb::Up, None) => Ok(client.batch_execute(&up()).await?),
        (Verb::Up, Some(chain)) if chain == table::CHAIN => Ok(()),
        (Verb::Up, Some(_)) => Err("something else is applied".into()),
        (Verb::Down, _) => Ok(client.batch_execute(&down()).await?),
    }
}

/// Returns the digest of what is applied, or `None` where there is no table: one wait, 64 bytes.
async fn read(client: &Client) -> Result<Option<String>> {
    let digest = "SELECT encode(sha256(coalesce(string_agg(checksum, ''::bytea ORDER BY version), '')), 'hex') FROM public.floor";
    match client.simple_query(digest).await {
        Ok(messages) => Ok(messages.iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })),
        Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn up() -> String {
    let mut sql = String::from(
        "CREATE TABLE public.floor (version bigint PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());\n",
    );
    for (number, name, up, _, checksum) in table::MIGRATIONS {
        sql.push_str("BEGIN;\n");
        sql.push_str(up);
        sql.extend([
            "INSERT INTO public.floor (version, name, checksum) VALUES (",
            &number.to_string(),
            ", '",
            name,
            "', '\\x",
            checksum,
            "');\nCOMMIT;\n",
        ]);
    }
    sql
}

fn down() -> String {
    let mut sql = String::new();
    for (number, _, _, down, _) in table::MIGRATIONS.iter().rev() {
        sql.push_str("BEGIN;\n");
        sql.push_str(down);
        sql.extend([
            "DELETE FROM public.floor WHERE version = ",
            &number.to_string(),
            ";\nCOMMIT;\n",
        ]);
    }
    sql
}
