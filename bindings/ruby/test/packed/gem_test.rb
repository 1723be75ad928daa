# frozen_string_literal: true

require "minitest/autorun"
require "fileutils"
require "rbconfig"
require "rubygems/package"
require "tmpdir"

require_relative "../../lib/hookbridge/version"

# The packed gems, each installed where nothing else of ours can be found.
class GemTest < Minitest::Test
  FOLDER = File.expand_path("../../pkg", __dir__)
  SOURCE = File.join(FOLDER, "hookbridge-#{HookBridge::VERSION}.gem")
  PLATFORM = File.join(FOLDER, "hookbridge-#{HookBridge::VERSION}-#{Gem::Platform.local}.gem")
  PROGRAM = <<~RUBY
    require "hookbridge"
    HookBridge.open(database: "clean.db", allow_local_endpoints: true, delivery: "off") do |client|
      endpoint = client.create_endpoint("http://127.0.0.1:9/")
      id = client.send(endpoint_id: endpoint.id, payload: { a: 1 }).message_id
      puts client.get_message(id).status, HookBridge::VERSION, $LOADED_FEATURES.grep(/hookbridge_ext/)
    end
  RUBY

  def test_the_gem_carries_what_it_needs_and_nothing_else
    names = Gem::Package.new(SOURCE).contents
    %w[lib/hookbridge.rb sig/hookbridge.rbs ext/hookbridge/extconf.rb Cargo.lock Cargo.toml engine/core/src/lib.rs
       engine/ffi/atfork/Cargo.toml engine/ffi/gather/Cargo.toml engine/ffi/names/Cargo.toml README.md
       LICENSE-MIT].each { |name| assert_includes(names, name) }
    assert_empty(names.grep(%r{\.so\z|\A(target|test|tmp|pkg)/|\.db}))
  end

  # The engine is built once: by whoever packs this gem.
  def test_the_gem_of_a_platform_carries_the_extension_and_no_source
    package = Gem::Package.new(PLATFORM)
    assert_includes(package.contents, "lib/hookbridge/hookbridge_ext.#{RbConfig::CONFIG["DLEXT"]}")
    assert_empty(package.contents.grep(/\.rs\z|Cargo|extconf/))
    assert_empty(package.spec.extensions)
    assert(package.spec.required_ruby_version.satisfied_by?(Gem.ruby_version))
    refute(package.spec.required_ruby_version.satisfied_by?(Gem::Version.new("99.0")))
  end

  def test_the_gem_of_a_platform_installs_without_a_compiler_and_sends
    Dir.mktmpdir("no-programs") { |nowhere| installs_and_sends(PLATFORM, "PATH" => nowhere) }
  end

  def test_the_gem_of_the_source_installs_and_sends
    installs_and_sends(SOURCE, {})
  end

  private

  def installs_and_sends(gem, settings)
    Dir.mktmpdir("hookbridge-gem") do |home|
      environment = { "GEM_HOME" => home, "GEM_PATH" => home, "RUBYLIB" => nil, "RUBYOPT" => nil }.merge(settings)
      program = File.join(RbConfig::CONFIG["bindir"], "gem")
      command = [RbConfig.ruby, program, "install", "--local", "--no-document", gem]
      output = IO.popen([environment, *command], err: %i[child out], chdir: home, &:read)
      assert_predicate(Process.last_status, :success?, output)
      output = IO.popen([environment, RbConfig.ruby, "-e", PROGRAM], err: %i[child out], chdir: home, &:read)
      assert_predicate(Process.last_status, :success?, output)
      status, version, extension = output.lines(chomp: true)
      assert_equal(["queued", HookBridge::VERSION], [status, version])
      assert(extension.start_with?(File.realpath(home)) || extension.start_with?(home), extension)
    end
  end
end
