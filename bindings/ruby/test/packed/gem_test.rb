# frozen_string_literal: true

require "minitest/autorun"
require "fileutils"
require "rbconfig"
require "rubygems/package"
require "tmpdir"

# The packed gem, installed where nothing else of ours can be found.
class GemTest < Minitest::Test
  GEM = Dir[File.expand_path("../../pkg/hookbridge-*.gem", __dir__)].max_by { |path| File.mtime(path) }
  PROGRAM = <<~RUBY
    require "hookbridge"
    HookBridge.open(database: "clean.db", allow_local_endpoints: true, delivery: "off") do |client|
      endpoint = client.create_endpoint("http://127.0.0.1:9/")
      id = client.send(endpoint_id: endpoint.id, payload: { a: 1 }).message_id
      puts client.get_message(id).status, HookBridge::VERSION, $LOADED_FEATURES.grep(/hookbridge_ext/)
    end
  RUBY

  def test_the_gem_carries_what_it_needs_and_nothing_else
    refute_nil(GEM, "rake package makes it")
    names = Gem::Package.new(GEM).contents
    %w[lib/hookbridge.rb sig/hookbridge.rbs ext/hookbridge/extconf.rb ext/hookbridge/Cargo.lock engine/core/src/lib.rs
       engine/ffi/atfork/Cargo.toml engine/ffi/gather/Cargo.toml engine/ffi/names/Cargo.toml README.md
       LICENSE-MIT].each { |name| assert_includes(names, name) }
    assert_empty(names.grep(%r{\.so\z|\A(target|test|tmp|pkg)/|\.db}))
  end

  def test_the_gem_installs_and_sends
    Dir.mktmpdir("hookbridge-gem") do |home|
      environment = { "GEM_HOME" => home, "GEM_PATH" => home, "RUBYLIB" => nil, "RUBYOPT" => nil }
      command = [RbConfig.ruby, "-S", "gem", "install", "--local", "--no-document", GEM]
      output = IO.popen([environment, *command], err: %i[child out], chdir: home, &:read)
      assert_predicate(Process.last_status, :success?, output)
      output = IO.popen([environment, RbConfig.ruby, "-e", PROGRAM], err: %i[child out], chdir: home, &:read)
      assert_predicate(Process.last_status, :success?, output)
      status, version, extension = output.lines(chomp: true)
      assert_equal(["queued", GEM[/-([\d.]+)\.gem/, 1]], [status, version])
      assert(extension.start_with?(File.realpath(home)) || extension.start_with?(home), extension)
    end
  end
end
