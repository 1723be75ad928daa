# frozen_string_literal: true

class HookBridge
  # Makes the classes of results: frozen structs whose members are the fields of an answer.
  module Shape
    # The type of a text that must not be printed.
    module Secret; end

    # How results are printed and written as JSON.
    module Plain
      # The fields as JSON has them: times are RFC 3339 text in UTC. A secret is among them, though it is not printed.
      #
      # @return [Hash{String => Object}]
      def as_json(*)
        to_h.to_h { |name, value| [name.name, Plain.of(value)] }
      end

      # @return [String] the same as a JSON document
      def to_json(*options)
        as_json.to_json(*options)
      end

      # Without secrets.
      def inspect
        "#<struct #{self.class} #{printed.map { |name, value| "#{name}=#{value.inspect}" }.join(", ")}>"
      end
      alias to_s inspect

      # The same for +pp+.
      #
      # @private
      def pretty_print(printer)
        printer.group(1, "#<struct #{self.class}", ">") do
          printer.seplist(printed, -> { printer.text(",") }) do |name, value|
            printer.breakable
            printer.text("#{name}=")
            printer.pp(value)
          end
        end
      end

      # A value of a result as JSON has it.
      def self.of(value)
        case value
        when Plain then value.as_json
        when Time then value.getutc.iso8601(3)
        when Hash then value.transform_values { |item| of(item) }
        when Array then value.map { |item| of(item) }
        else value
        end
      end

      private

      # What of the fields is printed.
      def printed
        to_h.to_h { |name, value| [name, self.class.secret?(name) && value ? HIDDEN : value] }
      end
    end

    # What is printed in the place of a secret.
    HIDDEN = Object.new
    def HIDDEN.inspect
      "[hidden]"
    end
    HIDDEN.freeze

    # The class of results with these fields. A type is a class, [a class] for a list, or { String => a class } for a map.
    def self.of(**fields)
      struct = Struct.new(*fields.keys, keyword_init: true) { include Plain }
      # Frozen throughout, so that a ractor may read them; the classes themselves must stay as they are.
      fields.each_value { |type| type.freeze unless type.is_a?(Module) }
      struct.instance_variable_set(:@fields, fields.freeze)
      struct.extend(self)
    end

    # A class that is written as a subclass has the fields of the struct.
    def inherited(subclass)
      super
      subclass.instance_variable_set(:@fields, @fields)
    end

    # Whether a field must not be printed.
    #
    # @private
    def secret?(name)
      @fields[name] == Secret
    end

    # Makes a result of an answer; what a newer engine adds is passed over.
    #
    # @private
    def read(answer)
      new(**@fields.to_h { |name, type| [name, typed(type, answer[name.name])] }).freeze
    end

    private

    def typed(type, value)
      return if value.nil?

      case type
      when Array then value.map { |item| typed(type.first, item) }.freeze
      when Hash then value.transform_values { |item| typed(type.values.first, item) }.freeze
      when Shape then type.read(value)
      else type == Time ? Time.iso8601(value).freeze : value
      end
    end
  end
  private_constant :Shape
end
