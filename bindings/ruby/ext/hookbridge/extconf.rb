# frozen_string_literal: true

# Writes the Makefile by which RubyGems and rake have cargo build the extension. HOOKBRIDGE_CARGO_PROFILE chooses another
# profile than release; what cargo builds goes to CARGO_TARGET_DIR, or else beside this file.

require "rbconfig"

abort "hookbridge: building the extension needs Rust: https://rustup.rs" unless system("cargo", "--version", out: File::NULL)

here = __dir__
profile = ENV.fetch("HOOKBRIDGE_CARGO_PROFILE", "release")
target = File.expand_path(ENV.fetch("CARGO_TARGET_DIR", File.join(here, "target")))
built = File.join(target, profile == "dev" ? "debug" : profile, "libhookbridge_ext.#{RbConfig::CONFIG["SOEXT"]}")
extension = "hookbridge_ext.#{RbConfig::CONFIG["DLEXT"]}"

File.write("Makefile", <<~MAKEFILE)
  DESTDIR =
  sitearchdir = #{RbConfig::CONFIG["sitearchdir"]}
  TARGET_SO = #{extension}

  .PHONY: all install clean

  all:
  \tRUBY="#{RbConfig.ruby}" cargo build --locked --quiet --profile #{profile} --manifest-path "#{here}/Cargo.toml" --target-dir "#{target}"
  \trm -f $(TARGET_SO)
  \tcp "#{built}" $(TARGET_SO)

  # What cargo leaves is large, and nobody builds twice in an installed gem.
  install: all
  \tmkdir -p "$(DESTDIR)$(sitearchdir)/hookbridge"
  \tcp $(TARGET_SO) "$(DESTDIR)$(sitearchdir)/hookbridge/$(TARGET_SO)"
  \trm -rf "#{here}/target"

  clean:
  \trm -f $(TARGET_SO)
MAKEFILE
