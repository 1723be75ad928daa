# frozen_string_literal: true

# A Fiber scheduler as small as it can be: what an event loop such as async's gives the fibers of one thread.
class Reactor
  def initialize
    @ready = []
    @timers = []
    @readers = {}
    @woken = Queue.new
    @blocked = 0
    @wake, @bell = IO.pipe
  end

  def fiber(&)
    fiber = Fiber.new(blocking: false, &)
    fiber.resume
    fiber
  end

  def io_wait(io, _events, _timeout)
    @readers[io] = Fiber.current
    Fiber.yield
    IO::READABLE
  end

  def kernel_sleep(seconds = nil)
    block(:sleep, seconds)
  end

  # What joins a thread or pops a queue waits here.
  def block(_blocker, timeout = nil)
    fiber = Fiber.current
    @timers << [now + timeout, fiber] if timeout
    @blocked += 1
    Fiber.yield
  ensure
    @blocked -= 1
  end

  # Called by other threads too.
  def unblock(_blocker, fiber)
    @woken << fiber
    @bell.write_nonblock(".")
  end

  def close
    run
  end

  private

  def run
    turn while @blocked.positive? || !@readers.empty? || !@timers.empty?
  end

  def turn
    pause = @timers.map(&:first).min&.then { |at| [at - now, 0].max }
    readable, = IO.select([@wake, *@readers.keys], nil, nil, pause)
    @wake.read_nonblock(1024, exception: false)
    due, @timers = @timers.partition { |at, _| at <= now }
    fibers = due.map(&:last)
    fibers << @woken.pop until @woken.empty?
    (readable || []).each { |io| fibers << @readers.delete(io) if @readers.key?(io) }
    fibers.uniq.each { |fiber| fiber.resume if fiber.alive? }
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
