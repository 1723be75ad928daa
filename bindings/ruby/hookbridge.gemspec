# frozen_string_literal: true

require_relative "lib/hookbridge/version"

# Built by `rake package`, which lays the engine's source beside it, or has the extension in lib/: then the gem is for this
# machine's kind and this series of Ruby alone.
extension = Dir["lib/hookbridge/hookbridge_ext.*"]
Gem::Specification.new do |gem|
  gem.name = "hookbridge"
  gem.version = HookBridge::VERSION
  gem.summary = "Outbound webhooks from inside your process, durable and signed"
  gem.description = "Commits webhooks to a SQLite outbox; background threads deliver, sign, retry and record them."
  gem.authors = ["The HookBridge developers"]
  gem.homepage = "https://github.com/hookbridge/hookbridge"
  gem.licenses = ["Apache-2.0", "MIT"]
  gem.required_ruby_version = extension.empty? ? ">= 3.1" : "~> #{RbConfig::CONFIG["ruby_version"]}"
  gem.platform = Gem::Platform.local unless extension.empty?
  gem.metadata["rubygems_mfa_required"] = "true"
  gem.files = Dir["{lib,sig,examples}/**/*.{rb,rbs}", "ext/hookbridge/{Cargo.toml,extconf.rb,src/**/*.rs}",
                  "Cargo.{toml,lock}", "engine/**/*.{rs,sql,toml}", "README.md", "LICENSE-*"] + extension
  gem.extensions = ["ext/hookbridge/extconf.rb"] if extension.empty?
end
