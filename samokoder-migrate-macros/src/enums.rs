//! The enums `Revision`, `Seed` and `Env`.
//!
//! A method is one call with the variant's position, so that a thousand variants cost the compiler
//! a table and no thousand arms.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use crate::module::{Module, Variant};

/// Writes the three enums and what they implement.
pub(crate) fn all(module: &Module<'_>) -> TokenStream {
    let mut tokens = revision(&module.revisions);
    tokens.extend(seed(&module.seeds, &module.environments));
    tokens.extend(environment(&module.environments));
    tokens
}

impl ToTokens for Variant {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { name, doc } = self;
        tokens.extend(quote!(#[doc = #doc] #name,));
    }
}

/// Derives what each enum has; `Ord` is the order of the variants.
fn derives() -> TokenStream {
    quote! {
        #[derive(
            __private::Clone, __private::Copy, __private::Debug, __private::PartialEq, __private::Eq,
            __private::Hash, __private::PartialOrd, __private::Ord,
        )]
    }
}

fn revision(variants: &[Variant]) -> TokenStream {
    let derives = derives();
    let names = variants.iter().map(|variant| &variant.name);
    quote! {
        /// A revision: a point in the history of this set.
        ///
        /// `Base` and `Head` are targets; what a database is at is a migration or `Base`, as
        /// [`resolve`](Revision::resolve) returns. The order is that of the history, with `Head`
        /// after the last migration. The enum is exhaustive on purpose: to add a migration changes
        /// it, which for a published library is a breaking change.
        #derives
        pub enum Revision {
            /// Before the first migration.
            Base,
            #(#variants)*
            /// The last migration, whichever that is.
            Head,
        }

        impl Revision {
            /// All migrations, in order, without `Base` and `Head`.
            pub const ALL: &'static [Revision] = &[#(Revision::#names,)*];

            /// Returns the migration's version; of `Head`, that of the last; `Base` has none.
            pub fn version(self) -> __private::Option<__private::Version> {
                __private::version(&SET, self.target())
            }

            /// Returns the migration's name without its version; of `Head`, that of the last;
            /// `base` for `Base`.
            pub fn name(self) -> &'static str {
                __private::name(&SET, self.target())
            }

            /// Returns the migration after this revision, if there is one; never `Head`.
            pub fn next(self) -> __private::Option<Revision> {
                __private::next(&SET, self.target())
            }

            /// Returns the revision before this one, which for the first migration is `Base`.
            pub fn prev(self) -> __private::Option<Revision> {
                __private::prev(&SET, self.target())
            }

            /// Returns the last migration for `Head`, and every other revision itself.
            pub fn resolve(self) -> Revision {
                __private::resolve(&SET, self.target(), self)
            }

            fn target(self) -> __private::Target {
                match self {
                    Revision::Head => __private::Target::Head,
                    other => __private::Target::At(__private::Point(other as usize)),
                }
            }
        }

        impl __private::Display for Revision {
            fn fmt(&self, f: &mut __private::Formatter<'_>) -> __private::fmt::Result {
                f.pad(__private::label(&SET, self.target()))
            }
        }

        impl __private::FromStr for Revision {
            type Err = __private::UnknownRevision;

            fn from_str(text: &str) -> __private::Result<Revision, __private::UnknownRevision> {
                __private::parse(&SET, text, Revision::Head)
            }
        }

        impl __private::RevisionKind for Revision {
            type Environment = Env;

            fn at(point: __private::Point) -> __private::Option<Revision> {
                __private::at(point, Revision::Base, Revision::ALL)
            }
        }
    }
}

fn seed(seeds: &[(Variant, Option<usize>)], environments: &[(Variant, &str)]) -> TokenStream {
    let derives = derives();
    let variants = seeds.iter().map(|(variant, _)| variant);
    let names: Vec<&Ident> = seeds.iter().map(|(variant, _)| &variant.name).collect();
    let index = position(&names);
    let table = seeds.iter().map(|(_, environment)| {
        environment
            .and_then(|position| environments.get(position))
            .map_or_else(
                || quote!(__private::Option::None),
                |(variant, _)| {
                    let name = &variant.name;
                    quote!(__private::Option::Some(Env::#name))
                },
            )
    });
    quote! {
        /// A seed: a data script of this set. The order is that in which seeds run.
        #derives
        pub enum Seed { #(#variants)* }

        impl Seed {
            /// All seeds, in order.
            pub const ALL: &'static [Seed] = &[#(Seed::#names,)*];

            /// Returns the path below the seeds folder, without `.sql`.
            pub fn path(self) -> &'static str {
                __private::seed_path(&SET, self.index())
            }

            /// Returns the environment that the seed belongs to; `None` runs in every environment.
            pub fn environment(self) -> __private::Option<Env> {
                const TABLE: &[__private::Option<Env>] = &[#(#table,)*];
                __private::lookup(TABLE, self.index())
            }

            fn index(self) -> usize {
                #index
            }
        }

        impl __private::Display for Seed {
            fn fmt(&self, f: &mut __private::Formatter<'_>) -> __private::fmt::Result {
                f.pad(self.path())
            }
        }

        impl __private::FromStr for Seed {
            type Err = __private::UnknownSeed;

            fn from_str(text: &str) -> __private::Result<Seed, __private::UnknownSeed> {
                __private::parse_seed(Seed::ALL, Seed::path, text)
            }
        }
    }
}

fn environment(environments: &[(Variant, &str)]) -> TokenStream {
    let derives = derives();
    let variants = environments.iter().map(|(variant, _)| variant);
    let names: Vec<&Ident> = environments
        .iter()
        .map(|(variant, _)| &variant.name)
        .collect();
    let texts = environments.iter().map(|(_, text)| text);
    let index = position(&names);
    quote! {
        /// An environment: a folder of seeds that run only where it is asked for.
        #derives
        pub enum Env { #(#variants)* }

        impl Env {
            /// All environments, in order of their names.
            pub const ALL: &'static [Env] = &[#(Env::#names,)*];

            /// Returns the name: the folder below the seeds.
            pub fn name(self) -> &'static str {
                const TABLE: &[&str] = &[#(#texts,)*];
                __private::text(TABLE, self.index())
            }

            fn index(self) -> usize {
                #index
            }
        }

        impl __private::Display for Env {
            fn fmt(&self, f: &mut __private::Formatter<'_>) -> __private::fmt::Result {
                f.pad(self.name())
            }
        }

        impl __private::FromStr for Env {
            type Err = __private::UnknownEnvironment;

            fn from_str(text: &str) -> __private::Result<Env, __private::UnknownEnvironment> {
                __private::parse_environment(Env::ALL, Env::name, text)
            }
        }

        impl __private::EnvironmentKind for Env {
            fn name(&self) -> &str {
                Env::name(*self)
            }
        }
    }
}

/// Writes a variant's position: an enum without variants has no number to cast to.
fn position(names: &[&Ident]) -> TokenStream {
    if names.is_empty() {
        quote!(match self {})
    } else {
        quote!(self as usize)
    }
}
