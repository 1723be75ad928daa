# frozen_string_literal: true

class HookBridge
  # A queue of events, at most 10,000; past that the oldest are dropped and counted.
  #
  #   client.events.each { |event| puts event.kind }
  class Events
    include Enumerable

    # How long {#each} waits before it looks whether the client was closed, in seconds.
    PATIENCE = 1.0
    private_constant :PATIENCE

    # @private
    def initialize(native)
      @native = native
    end

    # The next event, or nil where none came within +timeout+ seconds or the client was closed.
    #
    # @param timeout [Float] seconds
    # @return [Event, nil]
    def next(timeout: 0.0)
      event = Waiting.for { @native.next(timeout) }
      Event.read(JSON.parse(event)) unless event.nil?
    end

    # Every event from now on, until the client is closed.
    def each
      return to_enum unless block_given?

      loop do
        event = self.next(timeout: PATIENCE)
        yield event if event
        break if event.nil? && closed?
      end
      self
    end

    # @return [Boolean] whether nothing will come any more
    def closed?
      @native.closed?
    end

    # @return [Integer] how many were dropped because nobody took them
    def dropped
      @native.dropped
    end

    # A descriptor that is readable while events wait. Only watch it, and for no longer than this object lives.
    #
    # @return [Integer]
    def fileno
      @native.fileno
    end

    # The same for IO.select and event loops.
    #
    # @return [IO]
    def to_io
      @to_io ||= IO.for_fd(fileno, autoclose: false)
    end
  end
end
