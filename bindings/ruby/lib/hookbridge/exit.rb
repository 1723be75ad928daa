# frozen_string_literal: true

class HookBridge
  # What a client that nobody closed does when it is collected, or when the program ends: what it has accepted gets a moment
  # (+exit_timeout+) to be delivered and recorded, so that the next run has nothing to repeat.
  module Exit
    # The engines that were not closed, and the process that opened each.
    @open = {}.compare_by_identity

    # Has +engine+ finish at the end of the program, or once +client+ is collected.
    def self.expect(client, engine)
      # A ractor has no part in what the others have open: what its clients leave, the next run delivers.
      return unless Ractor.current == Ractor.main

      @open[engine] = Process.pid
      ObjectSpace.define_finalizer(client, finalizer(engine))
    end

    # The engine was closed.
    def self.forget(client, engine)
      return unless Ractor.current == Ractor.main

      @open.delete(engine)
      # Which would keep the engine until the client is collected, and its descriptors with it.
      ObjectSpace.undefine_finalizer(client) unless client.frozen?
    end

    # Made here, where it knows nothing of the client, which it would keep.
    def self.finalizer(engine)
      proc { collected(engine) }
    end

    def self.collected(engine)
      Thread.new { finish(engine) } if @open.delete(engine) == Process.pid
    rescue ThreadError
      finish(engine)
    end

    # Side by side: they have their moment together. A forked child has the clients of its parent and ends without them.
    def self.finish_all
      engines = @open.filter_map { |engine, process| engine if process == Process.pid }
      @open.clear
      engines.map { |engine| Thread.new { finish(engine) } }.each(&:join)
    end

    # Whatever is undelivered is in the file: there is nobody left to tell.
    def self.finish(engine)
      engine.finish
    rescue Error
      false
    end
    private_class_method :collected, :finalizer, :finish
  end
  private_constant :Exit

  at_exit { Exit.finish_all }
end
