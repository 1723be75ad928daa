# frozen_string_literal: true

class HookBridge
  # A message in the application's own transaction, on its own connection: a function of PostgreSQL's schema +hookbridge+
  # (docs/postgresql.md), or a row of SQLite's table +hookbridge_send+ (docs/sqlite-outbox.md). No driver is needed to load
  # this: the connection brings its own.
  module Transaction
    # A call of a function of the schema, which answers an id, and the same as a row of SQLite's table. Each argument goes to
    # the server as text, whatever a driver makes of other types; those that are JSON have the name of their type.
    Call = Struct.new(:function, :arguments, :row) do
      def insertion
        "INSERT INTO hookbridge_send (#{row.keys.join(", ")}) VALUES (#{(["?"] * row.size).join(", ")}) RETURNING id"
      end

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

    TAKEN = "a connection of pg or sqlite3, or a connection or a class of ActiveRecord"
    # How a trigger of SQLite refuses.
    REFUSED = /\A(?<code>[A-Z]+(?:_[A-Z]+)+): (?<message>.*)\z/m

    module_function

    # The call of a +send+. Its rules are the function's and the table's own.
    def send_call(endpoint_id, payload, headers, idempotency_key, options)
      arguments = {
        endpoint_id: text(:endpoint_id, endpoint_id), payload: text(:payload, Requests.payload(payload)),
        headers: json(:headers, Requests.headers(headers)), idempotency_key: text(:idempotency_key, idempotency_key)
      }
      options = options.compact
      row = arguments.transform_values(&:first).merge(options).compact
      Call.new("send", arguments.values << json(:options, options), row)
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
      return ->(call) { with_sqlite3(transaction, call) } if transaction.respond_to?(:transaction_active?)

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

    # Whatever rows the application has its database make.
    def with_sqlite3(database, call)
      raise no_transaction unless database.transaction_active?

      database.prepare(call.insertion) do |statement|
        statement.bind_params(*call.row.values)
        id = statement.step.first
        statement.step
        id
      end
    end

    # A query that no cache answers: each one sends.
    def with_active_record(connection, call)
      raise no_transaction unless connection.transaction_open?

      is_sqlite = connection.adapter_name.start_with?("SQLite")
      type = ActiveRecord::Type::Value.new
      values = is_sqlite ? call.row.values : call.values
      binds = values.map { |value| ActiveRecord::Relation::QueryAttribute.new(nil, value, type) }
      connection.exec_query(is_sqlite ? call.insertion : call.sql, "HookBridge", binds).rows.first.first
    end

    def no_transaction
      Requests.wrong("`transaction` has no transaction open: the message would be there at once")
    end

    # Raises what the function refused as an error of the gem. All else is the driver's, and so is the state of the
    # transaction.
    def translated
      yield
    rescue StandardError => e
      raise refusal(e) || refusal_of_trigger(e) || e
    end

    def refusal_of_trigger(error)
      error = error.cause until error.nil? || error.class.name&.start_with?("SQLite3::")
      code, message = REFUSED.match(error.message)&.captures if error
      status = STATUS_BY_CODE[code]
      Error.from_engine(code, message, status, false, nil, nil) if status
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
