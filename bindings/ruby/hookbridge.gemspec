# frozen_string_literal: true

require_relative "lib/hookbridge/version"

# Built by `rake package`, which lays the engine's source beside it.
Gem::Specification.new do |gem|
  gem.name = "hookbridge"
  gem.version = HookBridge::VERSION
  gem.summary = "Outbound webhooks from inside your process, durable and signed"
  gem.description = "Commits webhooks to a SQLite outbox; background threads deliver, sign, retry and record them."
  gem.authors = ["The HookBridge developers"]
  gem.homepage = "https://github.com/hookbridge/hookbridge"
  gem.licenses = ["Apache-2.0", "MIT"]
  gem.required_ruby_version = ">= 3.1"
  gem.metadata["rubygems_mfa_required"] = "true"
  gem.files = Dir["{lib,sig,examples}/**/*.{rb,rbs}", "ext/hookbridge/{Cargo.toml,Cargo.lock,extconf.rb,src/**/*.rs}",
                  "engine/**/*.{rs,toml}", "README.md", "LICENSE-*"]
  gem.extensions = ["ext/hookbridge/extconf.rb"]
end
