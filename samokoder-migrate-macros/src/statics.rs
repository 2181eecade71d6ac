//! The checked history as static data: calls of `const fn`s, evaluated by the compiler.

use std::{path::PathBuf, time::Duration};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use samokoder_migrate_core::{
    Digest, Version,
    migration::{Downgrade, History, Migration, Script, Seed, Transaction},
    trace::Trace,
};

use crate::emit::Statics;

/// Writes the data of a history, and a mention of each file that it was made from.
pub(crate) fn statics(history: &History, files: &[PathBuf]) -> Statics {
    Statics {
        migrations: history.migrations().iter().map(migration).collect(),
        migration_count: history.migrations().len(),
        seeds: history.seeds().iter().map(seed).collect(),
        seed_count: history.seeds().len(),
        tracked: tracked(files),
    }
}

/// Mentions files, so that cargo builds again when one changes; their bytes are not kept.
pub(crate) fn tracked(files: &[PathBuf]) -> TokenStream {
    files
        .iter()
        .filter_map(|file| file.to_str())
        .map(|file| {
            quote!(
                const _: &[u8] = __private::include_bytes!(#file);
            )
        })
        .collect()
}

fn migration(migration: &Migration) -> TokenStream {
    let Migration { name, label, .. } = migration;
    let version = version(migration.version);
    let upgrade = script(&migration.upgrade);
    let downgrade = match &migration.downgrade {
        Downgrade::Irreversible { reason } => quote!(__private::Downgrade::irreversible(#reason)),
        Downgrade::Script(downgrade) => {
            let downgrade = script(downgrade);
            quote!(__private::Downgrade::Script(#downgrade))
        }
        _ => TokenStream::new(),
    };
    let chain = digest(migration.chain);
    let downgrade_chain = digest(migration.downgrade_chain);
    quote! {
        __private::Migration::embedded(
            #version, #name, #label, #upgrade, #downgrade, #chain, #downgrade_chain,
        ),
    }
}

fn seed(seed: &Seed) -> TokenStream {
    let path = &seed.path;
    let environment = option(seed.environment.as_ref());
    let script = script(&seed.script);
    quote!(__private::Seed::embedded(#path, #environment, #script),)
}

fn script(script: &Script) -> TokenStream {
    let path = script.file.path();
    let text = script.file.text();
    let statements = script.statements.iter().map(|statement| {
        let start = Literal::usize_unsuffixed(statement.span.start);
        let end = Literal::usize_unsuffixed(statement.span.end);
        quote!([#start, #end],)
    });
    let transaction = if script.transaction == Transaction::Outside {
        quote!(Outside)
    } else {
        quote!(Inside)
    };
    let lock_timeout = option(script.lock_timeout.map(millis));
    let statement_timeout = option(script.statement_timeout.map(millis));
    let settings = &script.settings;
    let traces: Vec<TokenStream> = match script.transaction {
        Transaction::Outside => script
            .statements
            .iter()
            .map(|statement| trace(&statement.trace))
            .collect(),
        _ => Vec::new(),
    };
    let checksum = digest(script.checksum);
    quote! {
        __private::Script::embedded(
            #path, #text, &[#(#statements)*], __private::Transaction::#transaction,
            #lock_timeout, #statement_timeout, &[#(__private::Cow::Borrowed(#settings),)*],
            &[#(#traces,)*], #checksum,
        )
    }
}

fn trace(trace: &Trace) -> TokenStream {
    match trace {
        Trace::Partial => quote!(__private::Trace::Partial),
        Trace::Repeatable => quote!(__private::Trace::Repeatable),
        Trace::Setting => quote!(__private::Trace::Setting),
        Trace::IndexMade { table, index } => quote!(__private::Trace::IndexMade {
            table: __private::Cow::Borrowed(#table),
            index: __private::Cow::Borrowed(#index),
        }),
        Trace::IndexDropped { index } => quote!(__private::Trace::IndexDropped {
            index: __private::Cow::Borrowed(#index),
        }),
        _ => quote!(__private::Trace::None),
    }
}

fn version(version: Version) -> TokenStream {
    let number = version.number();
    match version.part() {
        None => quote!(__private::Version::new(#number)),
        Some(part) => quote!(__private::Version::with_part(#number, #part)),
    }
}

fn millis(timeout: Duration) -> u64 {
    u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)
}

fn option<T: quote::ToTokens>(value: Option<T>) -> TokenStream {
    match value {
        None => quote!(__private::Option::None),
        Some(value) => quote!(__private::Option::Some(#value)),
    }
}

fn digest(digest: Digest) -> TokenStream {
    let bytes = Literal::byte_string(digest.as_bytes());
    quote!(*#bytes)
}
