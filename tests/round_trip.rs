//! Each downgrade leads back to exactly the catalog that its upgrade found.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod support;

use std::collections::BTreeSet;

use postgres::Client;
use samokoder_schema::migrations::{self, Revision};
use support::supabase;

const CATALOG: &str = include_str!("support/catalog.sql");

#[test]
fn every_downgrade_restores_what_its_upgrade_found() {
    let (_database, mut client) = supabase();
    let mut below = catalog(&mut client);
    for &revision in Revision::ALL {
        migrations::run_to(revision).on(&mut client).unwrap();
        let above = catalog(&mut client);
        assert!(above != below, "{revision} changes nothing in the catalog");

        let report = migrations::downgrade(1).on(&mut client).unwrap();
        assert_eq!(report.current().known(), revision.prev());
        assert_same(
            &below,
            &catalog(&mut client),
            &format!("down from {revision}"),
        );

        migrations::run_to(revision).on(&mut client).unwrap();
        assert_same(
            &above,
            &catalog(&mut client),
            &format!("up to {revision} again"),
        );
        below = above;
    }
}

#[test]
fn the_way_down_in_one_run_ends_where_the_way_up_began() {
    let (_database, mut client) = supabase();
    let before = catalog(&mut client);
    migrations::run_to(Revision::Head)
        .seeds(migrations::Env::Dev)
        .on(&mut client)
        .unwrap();
    migrations::downgrade_to(Revision::Base)
        .on(&mut client)
        .unwrap();
    assert_same(&before, &catalog(&mut client), "base");
}

/// The comparison itself: what a careless downgrade leaves behind is seen.
#[test]
fn a_leftover_of_any_kind_is_seen() {
    let (_database, mut client) = supabase();
    migrations::run_to(Revision::Head).on(&mut client).unwrap();
    for change in [
        "create table public.leftover (id int)",
        "alter table public.projects add column leftover int",
        "alter table public.projects alter column name drop not null",
        "alter table public.projects alter column description set default 'x'",
        "alter table public.projects drop constraint projects_name_length",
        "alter table public.projects disable row level security",
        "alter table public.projects disable trigger set_updated_at",
        "alter policy \"Users see own profile\" on public.profiles using (true)",
        "alter type public.subscription_plan rename value 'team' to 'teams'",
        "grant select on public.api_keys to anon",
        "grant select (nonce) on public.api_keys to authenticated",
        "grant execute on function public.handle_new_user() to anon",
        "create or replace function public.set_updated_at() returns trigger language plpgsql as 'begin return new; end'",
        "drop index public.chat_messages_created_at_idx",
        "comment on table public.projects is null",
        "alter table public.projects set (fillfactor = 70)",
        "create trigger leftover after insert on auth.users for each row execute function public.set_updated_at()",
        "drop function public.tokens_left_today()",
        "alter sequence public.chat_messages_id_seq increment by 2",
        "create schema leftover",
        "alter default privileges in schema public revoke all on tables from anon",
    ] {
        let mut transaction = client.transaction().unwrap();
        let before = lines(&transaction.query(CATALOG, &[]).unwrap());
        transaction.batch_execute(change).unwrap();
        let after = lines(&transaction.query(CATALOG, &[]).unwrap());
        assert!(before != after, "not seen: {change}");
        transaction.rollback().unwrap();
    }
}

fn catalog(client: &mut Client) -> BTreeSet<String> {
    lines(&client.query(CATALOG, &[]).unwrap())
}

fn lines(rows: &[postgres::Row]) -> BTreeSet<String> {
    rows.iter().map(|row| row.get(0)).collect()
}

fn assert_same(expected: &BTreeSet<String>, found: &BTreeSet<String>, when: &str) {
    let missing: Vec<_> = expected.difference(found).collect();
    let left: Vec<_> = found.difference(expected).collect();
    assert!(
        missing.is_empty() && left.is_empty(),
        "{when}:\nmissing {missing:#?}\nleft over {left:#?}"
    );
}
