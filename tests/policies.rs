//! Row level security: what a signed-in user, nobody and the service can do.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up fails"
)]

mod support;

use postgres::{Client, Transaction};
use samokoder_schema::migrations::{self, Env, Revision};
use support::supabase;

const ADA: &str = "00000000-0000-4000-8000-000000000001";
const GRACE: &str = "00000000-0000-4000-8000-000000000002";

#[test]
fn users_see_own_rows_only() {
    let (_database, mut client) = demo();
    for table in [
        "profiles",
        "user_preferences",
        "projects",
        "chat_sessions",
        "ai_usage_events",
        "ai_usage_daily",
        "subscriptions",
    ] {
        let mut as_ada = signed_in(&mut client, ADA);
        let owner = match table {
            "profiles" => "id",
            "projects" => "owner_id",
            _ => "user_id",
        };
        let foreign = format!("select count(*) from {table} where {owner} <> '{ADA}'");
        assert_eq!(count(&mut as_ada, &foreign), 0, "{table}");
        if table != "subscriptions" {
            let own = format!("select count(*) from {table}");
            assert_eq!(count(&mut as_ada, &own), 1, "{table}");
        }
    }
}

#[test]
fn nobody_sees_the_limits_and_nothing_else() {
    let (_database, mut client) = demo();
    let mut transaction = client.transaction().unwrap();
    transaction.batch_execute("set local role anon").unwrap();
    assert_eq!(
        count(&mut transaction, "select count(*) from plan_limits"),
        3
    );
    for table in [
        "profiles",
        "projects",
        "chat_messages",
        "api_keys",
        "app_settings",
    ] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(refusal(&mut transaction, &sql), "42501", "{table}");
    }
}

#[test]
fn a_user_changes_what_is_theirs_and_no_more() {
    let (_database, mut client) = demo();
    let mut as_grace = signed_in(&mut client, GRACE);
    for (allowed, sql) in [
        (
            1,
            format!("update profiles set display_name = 'G' where id = '{GRACE}'"),
        ),
        (
            0,
            format!("update profiles set display_name = 'G' where id = '{ADA}'"),
        ),
        (1, "update user_preferences set theme = 'dark'".to_owned()),
        (
            1,
            format!("insert into projects (owner_id, name) values ('{GRACE}', 'Compiler')"),
        ),
        (
            0,
            "delete from projects where name = 'Analytical engine'".to_owned(),
        ),
    ] {
        assert_eq!(
            as_grace.execute(sql.as_str(), &[]).unwrap(),
            allowed,
            "{sql}"
        );
    }
    for sql in [
        format!("insert into projects (owner_id, name) values ('{ADA}', 'Planted')"),
        "update profiles set created_at = now()".to_owned(),
        "insert into subscriptions (user_id, plan) values (gen_random_uuid(), 'team')".to_owned(),
        "update subscriptions set plan = 'team'".to_owned(),
        "insert into ai_usage_daily values (gen_random_uuid(), now(), 0, 0, 0, 0)".to_owned(),
        "select ciphertext from api_keys".to_owned(),
        "select value from app_settings".to_owned(),
        "select handle_new_user()".to_owned(),
    ] {
        assert_eq!(refusal(&mut as_grace, &sql), "42501", "{sql}");
    }
}

#[test]
fn a_chat_stays_in_its_owners_project() {
    let (_database, mut client) = demo();
    let mut as_grace = signed_in(&mut client, GRACE);
    let planted = format!(
        "insert into chat_sessions (user_id, project_id)
         values ('{GRACE}', '00000000-0000-4000-8000-000000000011')"
    );
    assert_eq!(refusal(&mut as_grace, &planted), "23503");
    drop(as_grace);

    let mut as_ada = signed_in(&mut client, ADA);
    let say = |role: &str| {
        format!(
            "insert into chat_messages (session_id, role, content)
             values ('00000000-0000-4000-8000-000000000021', '{role}', 'hello')"
        )
    };
    assert_eq!(as_ada.execute(say("user").as_str(), &[]).unwrap(), 1);
    assert_eq!(refusal(&mut as_ada, &say("assistant")), "42501");
    assert_eq!(count(&mut as_ada, "select count(*) from chat_messages"), 1);
}

#[test]
fn a_user_revokes_a_key_once() {
    let (_database, mut client) = demo();
    client
        .batch_execute(&format!(
            "insert into api_keys
                 (user_id, provider_id, label, last_four, ciphertext, nonce, master_key_version)
             values ('{ADA}', 'openai', 'work', 'abcd', decode(repeat('00', 32), 'hex'), decode(repeat('01', 12), 'hex'), 1)"
        ))
        .unwrap();
    let mut as_ada = signed_in(&mut client, ADA);
    assert_eq!(
        count(&mut as_ada, "select count(last_four) from api_keys"),
        1
    );
    let revoke = "update api_keys set revoked_at = now()";
    assert_eq!(as_ada.execute(revoke, &[]).unwrap(), 1);
    assert_eq!(
        as_ada
            .execute("update api_keys set revoked_at = null", &[])
            .unwrap(),
        0
    );
}

#[test]
fn usage_counts_against_the_plan() {
    let (_database, mut client) = demo();
    for (user, left) in [(ADA, 50_000 - 1_500), (GRACE, 2_000_000 - 1_500)] {
        let mut session = signed_in(&mut client, user);
        let sql = "select tokens_left_today()";
        assert_eq!(count(&mut session, sql), left);
    }
    let service = "set role service_role;
        insert into ai_usage_events (user_id, input_tokens, output_tokens)
        select id, 500, 0 from profiles;
        reset role";
    client.batch_execute(service).unwrap();
    let mut as_ada = signed_in(&mut client, ADA);
    assert_eq!(count(&mut as_ada, "select tokens_left_today()"), 48_000);
    assert_eq!(
        count(&mut as_ada, "select requests::bigint from ai_usage_daily"),
        2
    );
}

/// A database at head with the demo users, each of whom used 1,500 tokens.
fn demo() -> (samokoder_migrate::testing::Database, Client) {
    let (database, mut client) = supabase();
    migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(&mut client)
        .unwrap();
    client
        .batch_execute(
            "insert into ai_usage_events (user_id, input_tokens, output_tokens)
             select id, 1000, 500 from profiles",
        )
        .unwrap();
    (database, client)
}

/// Begins a transaction as Supabase's API does for the request of a user.
fn signed_in<'c>(client: &'c mut Client, user: &str) -> Transaction<'c> {
    let mut transaction = client.transaction().unwrap();
    transaction
        .batch_execute(&format!(
            "set local role authenticated;
             set local request.jwt.claims = '{{\"sub\": \"{user}\"}}'"
        ))
        .unwrap();
    transaction
}

fn count(transaction: &mut Transaction<'_>, sql: &str) -> i64 {
    transaction.query_one(sql, &[]).unwrap().get(0)
}

/// Returns the SQLSTATE with which a statement is refused, and leaves the transaction usable.
fn refusal(transaction: &mut Transaction<'_>, sql: &str) -> String {
    let mut savepoint = transaction.transaction().unwrap();
    let error = match savepoint.batch_execute(sql) {
        Ok(()) => panic!("not refused: {sql}"),
        Err(error) => error,
    };
    error.code().unwrap().code().to_owned()
}
