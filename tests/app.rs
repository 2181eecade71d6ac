//! A program uses the generated module: what its author writes, and what comes of it.

mod support;

use std::{error::Error, time::Duration};

use postgres::Client;
use samokoder_migrate::{Code, Current, Kind, status::SeedState};
use samokoder_schema::migrations::{self, Env, Revision, Seed};
use support::{number, supabase};

#[test]
fn files_become_variants() {
    assert_eq!(
        Revision::ALL,
        [
            Revision::InitialSchema,
            Revision::AddUserPreferences,
            Revision::AddAiUsageTracking,
            Revision::AddSubscriptionPlans,
            Revision::IndexMessagesByTime,
            Revision::AddApiKeys,
        ]
    );
    assert_eq!(
        Seed::ALL,
        [Seed::AiProviders, Seed::DefaultSettings, Seed::DevDemoUsers]
    );
    assert_eq!(Env::ALL, [Env::Dev]);
}

#[test]
fn an_empty_database_goes_to_head_with_its_seeds() {
    let (_database, mut client) = supabase();
    let report = migrations::run_to(Revision::Head).on(&mut client).unwrap();
    let kinds: Vec<_> = report.steps().iter().map(|step| step.kind).collect();
    assert_eq!(
        kinds,
        [[Kind::Upgrade; 6].as_slice(), &[Kind::Seed; 2]].concat()
    );
    assert_eq!(report.current(), Current::Known(Revision::AddApiKeys));
    assert_eq!(number(&mut client, "select count(*) from ai_models"), 5);
    assert_eq!(number(&mut client, "select count(*) from profiles"), 0);

    let report = migrations::run_to(Revision::Head).on(&mut client).unwrap();
    assert!(report.is_noop());
    assert_eq!(report.round_trips(), 1);

    let builds =
        "select count(*) from samokoder_migrate.event where build = 'samokoder-schema 0.1.0'";
    assert_eq!(number(&mut client, builds), 8);
}

#[test]
fn an_environment_adds_its_seeds() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    let report = migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(&mut client)
        .unwrap();
    let [step] = report.steps() else {
        panic!("{report}")
    };
    assert_eq!(
        (step.kind, step.subject.as_str()),
        (Kind::Seed, "dev/demo_users")
    );
    // The trigger of 001 as 002 wrote it gives a profile and preferences.
    assert_eq!(number(&mut client, "select count(*) from profiles"), 2);
    assert_eq!(
        number(&mut client, "select count(*) from user_preferences"),
        2
    );
}

#[test]
fn a_seed_that_runs_again_adds_nothing() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .on(&mut client)
        .unwrap();
    client
        .batch_execute(
            "update ai_providers set is_enabled = false, name = '?' where id = 'groq';
             update app_settings set value = 'false' where key = 'signup.is_open'",
        )
        .unwrap();
    let before = rows(&mut client);
    for &seed in Seed::ALL {
        migrations::seed(seed).on(&mut client).unwrap();
    }
    assert_eq!(rows(&mut client), before);
    // What the seed owns is put right, what operators own stays.
    assert_eq!(
        number(
            &mut client,
            "select count(*) from ai_providers where id = 'groq' and name = 'Groq' and not is_enabled"
        ),
        1
    );
    assert_eq!(
        number(
            &mut client,
            "select count(*) from app_settings where key = 'signup.is_open' and value = 'false'"
        ),
        1
    );
}

#[test]
fn a_seed_runs_again_after_its_tables_were_taken_away() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    migrations::downgrade_to(Revision::AddAiUsageTracking)
        .on(&mut client)
        .unwrap();
    let status = migrations::status().on(&mut client).unwrap();
    assert!(
        status
            .seeds()
            .iter()
            .all(|seed| seed.state == SeedState::Never)
    );
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    assert_eq!(number(&mut client, "select count(*) from plan_limits"), 3);
}

#[test]
fn status_tells_what_is_pending_and_writes_nothing() {
    let (_database, mut client) = supabase();
    let status = migrations::status().on(&mut client).unwrap();
    assert_eq!(status.current(), Current::Known(Revision::Base));
    assert_eq!(status.pending(), Revision::ALL);
    assert_eq!(
        number(
            &mut client,
            "select count(*) from pg_namespace where nspname = 'samokoder_migrate'"
        ),
        0
    );

    migrations::run_to(Revision::AddUserPreferences)
        .on(&mut client)
        .unwrap();
    let status = migrations::status().on(&mut client).unwrap();
    assert_eq!(status.pending(), Revision::ALL[2..]);
    assert!(!status.is_at_head());
    assert_eq!(next_task(&status.current()), "count tokens");
}

/// A program branches on where its database is; a forgotten revision is a compile error.
fn next_task(current: &Current<Revision>) -> &'static str {
    match current {
        Current::Known(Revision::Base) => "sign up",
        Current::Known(Revision::InitialSchema) => "ask for a theme",
        Current::Known(Revision::AddUserPreferences) => "count tokens",
        Current::Known(Revision::AddAiUsageTracking) => "sell plans",
        Current::Known(Revision::AddSubscriptionPlans | Revision::IndexMessagesByTime) => {
            "keep keys"
        }
        Current::Known(Revision::AddApiKeys | Revision::Head) => "rest",
        _ => "ask a newer build",
    }
}

#[test]
fn users_who_were_there_before_get_what_new_users_get() {
    let (_database, mut client) = supabase();
    let sign_up = "insert into auth.users (email, raw_user_meta_data)
        values ($1, '{\"display_name\": \"Early\"}')";
    client.execute(sign_up, &[&"first@example.com"]).unwrap();
    migrations::run_to(Revision::InitialSchema)
        .on(&mut client)
        .unwrap();
    client.execute(sign_up, &[&"second@example.com"]).unwrap();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    client.execute(sign_up, &[&"third@example.com"]).unwrap();
    assert_eq!(
        number(
            &mut client,
            "select count(*) from profiles join user_preferences on user_id = id
             where display_name = 'Early'"
        ),
        3
    );

    // The function as 001 had it writes no preferences.
    migrations::downgrade_to(Revision::InitialSchema)
        .on(&mut client)
        .unwrap();
    client.execute(sign_up, &[&"fourth@example.com"]).unwrap();
    assert_eq!(number(&mut client, "select count(*) from profiles"), 4);
}

#[test]
fn going_down_has_to_be_said() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    let error = migrations::run_to(Revision::InitialSchema)
        .on(&mut client)
        .unwrap_err();
    assert_eq!(error.code(), Code::WouldGoDown);
    assert!(
        error.rendered().contains("006_add_api_keys"),
        "{}",
        error.rendered()
    );
    let report = migrations::run_to(Revision::InitialSchema)
        .allow_downgrade()
        .on(&mut client)
        .unwrap();
    assert_eq!(report.current(), Current::Known(Revision::InitialSchema));
}

#[test]
fn a_database_that_was_made_by_hand_is_stamped() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    client
        .batch_execute("drop schema samokoder_migrate cascade")
        .unwrap();

    migrations::stamp(Revision::Head).on(&mut client).unwrap();
    let status = migrations::status().on(&mut client).unwrap();
    assert!(status.is_at_head(), "{status}");
    assert!(status.applied().iter().all(|row| row.duration_ms.is_none()));
    // What was stamped can be taken back like what was run.
    migrations::downgrade_to(Revision::Base)
        .on(&mut client)
        .unwrap();
    assert_eq!(
        number(
            &mut client,
            "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
        ),
        0
    );
}

#[test]
fn a_failure_shows_the_statement_and_what_stands() {
    let (_database, mut client) = supabase();
    client
        .batch_execute("create table public.plan_limits (id int)")
        .unwrap();
    let error = migrations::run_to(Revision::Head)
        .on(&mut client)
        .unwrap_err();
    assert_eq!(error.code(), Code::StatementFailed);
    let text = error.rendered();
    for part in [
        "migrations/004_add_subscription_plans.up.sql:5:",
        "create table public.plan_limits",
        "42P07",
        "001_initial_schema to 003_add_ai_usage_tracking stand",
        "004_add_subscription_plans was rolled back",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    client
        .batch_execute("drop table public.plan_limits")
        .unwrap();
    let report = migrations::run_to(Revision::Head).on(&mut client).unwrap();
    assert_eq!(report.steps()[0].subject, "004_add_subscription_plans");
}

#[tokio::test]
async fn an_async_program_does_the_same() -> Result<(), Box<dyn Error>> {
    let (database, blocking) = tokio::task::spawn_blocking(supabase).await?;
    tokio::task::spawn_blocking(move || drop(blocking)).await?;
    let (mut client, connection) =
        tokio_postgres::connect(&database.url(), tokio_postgres::NoTls).await?;
    let connection = tokio::spawn(connection);

    let preview = migrations::plan_to(Revision::Head).on(&mut client).await?;
    assert_eq!(preview.steps().len(), 8);
    let report = migrations::run_to(Revision::Head)
        .seeds(Env::Dev)
        .lock_timeout(Duration::from_secs(3))
        .on(&mut client)
        .await?;
    assert_eq!(report.steps().len(), 9);
    let report = migrations::downgrade(2).on(&mut client).await?;
    assert_eq!(
        report.current(),
        Current::Known(Revision::AddSubscriptionPlans)
    );
    let status = migrations::verify().on(&mut client).await?;
    assert_eq!(
        status.pending(),
        [Revision::IndexMessagesByTime, Revision::AddApiKeys]
    );
    migrations::stamp(Revision::Base).on(&mut client).await?;
    assert_eq!(
        migrations::status().on(&mut client).await?.current(),
        Current::Known(Revision::Base)
    );

    drop(client);
    connection.await??;
    Ok(())
}

fn rows(client: &mut Client) -> Vec<i64> {
    [
        "ai_providers",
        "ai_models",
        "plan_limits",
        "app_settings",
        "profiles",
        "projects",
        "chat_sessions",
        "subscriptions",
    ]
    .iter()
    .map(|table| number(client, &format!("select count(*) from {table}")))
    .collect()
}
