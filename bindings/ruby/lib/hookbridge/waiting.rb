# frozen_string_literal: true

class HookBridge
  # Under a Fiber scheduler a wait goes to a thread, so that the scheduler's other fibers run meanwhile.
  module Waiting
    def self.for(&call)
      return call.call unless Fiber.current_scheduler

      Thread.new do
        Thread.current.report_on_exception = false
        call.call
      end.value
    end
  end
  private_constant :Waiting
end
