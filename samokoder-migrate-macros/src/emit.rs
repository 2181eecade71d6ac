//! The generated module as tokens. It names nothing but `::samokoder_migrate::__private`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::{docs, enums, module::Module};

/// The static data of a module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statics {
    /// The migrations: expressions, each followed by a comma.
    pub(crate) migrations: TokenStream,
    /// How many they are.
    pub(crate) migration_count: usize,
    /// The seeds: expressions, each followed by a comma.
    pub(crate) seeds: TokenStream,
    /// How many they are.
    pub(crate) seed_count: usize,
    /// Items that have cargo build again when a file changes.
    pub(crate) tracked: TokenStream,
}

/// Writes the module.
pub(crate) fn module(module: &Module<'_>, statics: &Statics) -> TokenStream {
    let Module {
        name, set, schema, ..
    } = module;
    let whose = set.map_or_else(String::new, |set| {
        format!(" of the set {}", docs::code(set))
    });
    let doc =
        format!("The migrations and seeds{whose}, checked and embedded when this crate was built.");
    let set = or_default(*set, quote!(__private::DEFAULT_SET));
    let schema = or_default(*schema, quote!(__private::DEFAULT_SCHEMA));
    let enums = enums::all(module);
    let verbs = verbs();
    let Statics {
        migrations,
        migration_count,
        seeds,
        seed_count,
        tracked,
    } = statics;
    quote! {
        #[doc = #doc]
        // A binary need not use every verb, and decides itself where the module can be seen.
        #[allow(dead_code, unreachable_pub)]
        pub mod #name {
            use ::samokoder_migrate::__private;

            #enums

            /// The embedded set: all migrations and seeds.
            pub static SET: __private::Set = __private::Set::embedded(#set, #schema, PACKAGE, &MIGRATIONS, &SEEDS);

            /// What this is built into: its name and version, where the build says.
            const PACKAGE: [__private::Option<&str>; 2] =
                [__private::option_env!("CARGO_PKG_NAME"), __private::option_env!("CARGO_PKG_VERSION")];

            static MIGRATIONS: [__private::Migration; #migration_count] = [#migrations];

            static SEEDS: [__private::Seed; #seed_count] = [#seeds];

            #verbs
            #tracked
        }
    }
}

fn or_default(text: Option<&str>, default: TokenStream) -> TokenStream {
    text.map_or(default, ToTokens::to_token_stream)
}

fn verbs() -> TokenStream {
    quote! {
        /// Brings a database up to a revision; at `Head`, runs the seeds that are due.
        ///
        /// It never moves down by itself. Nothing happens until it is given a connection.
        pub fn run_to(target: Revision) -> __private::Run<'static, Revision> {
            __private::run_to(&SET, target.target())
        }

        /// Takes back the last migrations that the database has, as many as `steps`.
        ///
        /// Nothing happens until it is given a connection.
        pub fn downgrade(steps: usize) -> __private::Run<'static, Revision> {
            __private::downgrade(&SET, steps)
        }

        /// Takes back all migrations after a revision.
        ///
        /// Nothing happens until it is given a connection.
        pub fn downgrade_to(target: Revision) -> __private::Run<'static, Revision> {
            __private::downgrade_to(&SET, target.target())
        }

        /// Records the migrations up to a revision as applied, without running them.
        ///
        /// Nothing happens until it is given a connection.
        pub fn stamp(target: Revision) -> __private::Run<'static, Revision> {
            __private::stamp(&SET, target.target())
        }

        /// Records what was decided of the statement that a run outside a transaction was cut off at.
        ///
        /// Nothing happens until it is given a connection.
        pub fn repair(decision: __private::Repair) -> __private::Run<'static, Revision> {
            __private::repair(&SET, decision)
        }

        /// Runs one seed, whether or not it is due.
        ///
        /// Nothing happens until it is given a connection.
        pub fn seed(seed: Seed) -> __private::Run<'static, Revision> {
            __private::seed(&SET, seed.index())
        }

        /// Says where a database is; reads and never writes.
        ///
        /// Nothing happens until it is given a connection.
        pub fn status() -> __private::ReadStatus<'static, Revision> {
            __private::status(&SET)
        }

        /// Says what `run_to` would do; reads and never writes.
        ///
        /// Nothing happens until it is given a connection.
        pub fn plan_to(target: Revision) -> __private::Plan<'static, Revision> {
            __private::plan_to(&SET, target.target())
        }

        /// Compares a database's history with this set; reads and never writes.
        ///
        /// Nothing happens until it is given a connection.
        pub fn verify() -> __private::Verify<'static, Revision> {
            __private::verify(&SET)
        }
    }
}
