# frozen_string_literal: true

class HookBridge
  # A message in the application's own transaction: a function of PostgreSQL's schema +hookbridge+, called on the
  # application's own connection (docs/postgresql.md). No driver is needed to load this: the connection brings its own.
  module Transaction
    # A call of a function of the schema, which answers an id. Each argument goes to the server as text, whatever a driver
    # makes of other types; those that are JSON have the name of their type.
    Call = Struct.new(:function, :arguments) do
      def sql
        casts = arguments.each_with_index.map do |(_, type), index|
          text = "CAST($#{index + 1} AS text)"
          type == :jsonb ? "CAST(#{text} AS jsonb)" : text
        end
        "SELECT CAST(hookbridge.#{function}(#{casts.join(", ")}) AS text)"
      end

      def values
        arguments.map(&:first)
      end
    end

    TAKEN = "a connection of pg, or a connection or a class of ActiveRecord"

    module_function

    # The call of a +send+. Its rules are the function's own.
    def send_call(endpoint_id, payload, headers, idempotency_key, options)
      Call.new(
        "send",
        [
          text(:endpoint_id, endpoint_id), text(:payload, Requests.payload(payload)), json(:headers, Requests.headers(headers)),
          text(:idempotency_key, idempotency_key), json(:options, options.compact)
        ]
      )
    end

    # Runs a call on the application's connection; the id that it answers.
    def run(call, transaction)
      translated { runner(transaction).call(call) }
    end

    # An argument that is text, as the server's encoding has it, which has no U+0000.
    def text(name, value)
      Requests.check(name, value)
      return [nil, :text] if value.nil?

      given = value.encoding == Encoding::UTF_8 ? value : utf8(value)
      raise Requests.wrong("`#{name}` is not UTF-8") unless given.valid_encoding?
      raise Requests.wrong("`#{name}` has the character U+0000") if given.include?("\0")

      [given, :text]
    end

    # Bytes of no encoding are those of a document.
    def utf8(value)
      value.encoding == Encoding::BINARY ? value.dup.force_encoding(Encoding::UTF_8) : value.encode(Encoding::UTF_8)
    rescue EncodingError
      value.dup.force_encoding(Encoding::UTF_8)
    end

    # An argument that is a JSON object; nothing where it is empty.
    def json(name, fields)
      fields.each { |field, value| Requests.check(field, value) } if name == :options
      [fields.nil? || fields.empty? ? nil : Requests.generate(fields, "`#{name}`"), :jsonb]
    end

    # What runs a call.
    def runner(transaction)
      return ->(call) { with_pg(transaction, call) } if transaction.respond_to?(:exec_params)
      return ->(call) { with_active_record(transaction, call) } if transaction.respond_to?(:exec_query)

      %i[lease_connection connection].each do |found|
        next unless transaction.is_a?(Class) && transaction.respond_to?(found)

        return ->(call) { with_active_record(transaction.public_send(found), call) }
      end
      raise TypeError, "`transaction` must be #{TAKEN}, not #{transaction.class}"
    end

    def with_pg(connection, call)
      raise no_transaction if connection.transaction_status == PG::PQTRANS_IDLE

      connection.exec_params(call.sql, call.values).getvalue(0, 0)
    end

    # A query that no cache answers: each one sends.
    def with_active_record(connection, call)
      raise no_transaction unless connection.transaction_open?

      type = ActiveRecord::Type::Value.new
      binds = call.values.map { |value| ActiveRecord::Relation::QueryAttribute.new(nil, value, type) }
      connection.exec_query(call.sql, "HookBridge", binds).rows.first.first
    end

    def no_transaction
      Requests.wrong("`transaction` has no transaction open: the message would be there at once")
    end

    # Raises what the function refused as an error of the gem. All else is the driver's, and so is the state of the
    # transaction.
    def translated
      yield
    rescue StandardError => e
      raise refusal(e) || e
    end

    def refusal(error)
      result = result_of(error)
      return if result.nil?

      state, message, detail = %i[PG_DIAG_SQLSTATE PG_DIAG_MESSAGE_PRIMARY PG_DIAG_MESSAGE_DETAIL].map do |field|
        result.error_field(PG::Result.const_get(field))
      end
      # Data that a type of PostgreSQL does not take, before the function could say so.
      return Requests.wrong(message) if state&.start_with?("22")
      return unless state&.start_with?("HB")

      code = detail || message[/\A[A-Z_]+/]
      Error.from_engine(code, message.delete_prefix("#{code}: "), Integer(state[2..], 10), false, nil, nil)
    end

    # What the server said, wherever a package that lies around the driver has put it.
    def result_of(error)
      until error.nil?
        found = error.result if error.respond_to?(:result)
        return found if found.respond_to?(:error_field)

        error = error.cause
      end
    end
  end
  private_constant :Transaction
end
