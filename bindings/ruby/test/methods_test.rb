# frozen_string_literal: true

require "test_helper"

# Every operation of the core is there, with its arguments and its types.
class MethodsTest < OutboxTest
  # What the packages alone have: the application's own transaction is no field.
  OWN = { "send" => ["transaction"] }.freeze
  # Arguments that are called otherwise than their field.
  RENAMED = { "api_key_ids" => "api_key_id", "user_ids" => "user_id" }.freeze
  ROWS = JSON.parse(File.read(File.join(REPOSITORY, "tests/conformance/operations.json")))

  def test_every_method_of_the_contract_is_there_with_its_arguments
    refute_empty(ROWS)
    ROWS.each do |row|
      assert(HookBridge.public_method_defined?(row["method"], false), "no method #{row["method"]}")
      names = HookBridge.instance_method(row["method"]).parameters.map { |_, name| RENAMED.fetch(name.name, name.name) }
      assert_equal((row["args"] + OWN.fetch(row["method"], [])).sort, names.sort, row["method"])
    end
  end

  def test_the_signatures_say_the_same
    text = File.read(File.join(OutboxTest::LIBRARY, "../sig/hookbridge.rbs"))
    (ROWS.map { |row| row["method"] } + %w[events flush close]).each do |name|
      parameters = HookBridge.instance_method(name).parameters
      signature = text[/^  def #{name}: (.*)$/, 1]
      assert(signature, "no signature of #{name}")
      parameters.each { |_, parameter| assert_match(/\b#{parameter}\b/, signature, name) }
    end
  end

  def test_the_signatures_are_valid
    require "rbs"
    loader = RBS::EnvironmentLoader.new
    loader.add(path: Pathname(OutboxTest::LIBRARY) / "../sig")
    environment = RBS::Environment.from_loader(loader).resolve_type_names
    builder = RBS::DefinitionBuilder.new(env: environment)
    ours = environment.class_decls.keys.select { |name| name.to_s.start_with?("::HookBridge") }
    assert_operator(ours.size, :>, 40)
    ours.each do |name|
      definition = builder.build_instance(name)
      builder.build_singleton(name)
      members(name).each { |member| assert(definition.methods.key?(member), "#{name} has no signature of #{member}") }
    end
  rescue LoadError
    skip("the rbs gem is not installed")
  end

  private

  # The members of a class of results.
  def members(name)
    kind = Object.const_get(name.to_s)
    kind.is_a?(Class) && kind < Struct ? kind.members : []
  end
end
