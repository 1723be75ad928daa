# frozen_string_literal: true

class HookBridge
  # A page of a list: its items, and the way to the next page.
  #
  #   page = client.get_logs
  #   page.each { |message| puts message.status }
  #   page.size
  #   page = page.next_page
  class Page
    include Enumerable
    include Shape::Plain

    # @return [Boolean] whether a further page exists
    attr_reader :has_more
    alias has_more? has_more
    # @return [String, nil] where the next page begins; nil on the last
    attr_reader :next_cursor
    # @return [Time, nil] how far back was looked, where a page of messages is short and has more behind it
    attr_reader :searched_to

    # The class of pages whose items are +kind+ and called +name+.
    #
    # @private
    def self.of(name, kind)
      page = Class.new(self) { public(alias_method(name, :items)) }
      page.instance_variable_set(:@name, name)
      page.instance_variable_set(:@kind, kind)
      page
    end

    # A class that is written as a subclass has the items of the class that it is made from.
    #
    # @private
    def self.inherited(subclass)
      super
      subclass.instance_variable_set(:@name, @name)
      subclass.instance_variable_set(:@kind, @kind)
    end

    # Makes a page of an answer, which has the items in +from+. The block asks for the page at a cursor.
    #
    # @private
    def self.read(answer, from, &more)
      items = answer[from].map { |item| @kind.read(item) }.freeze
      new(@name, items, answer, more).freeze
    end

    # @private
    def initialize(name, items, answer, more)
      @name = name
      @items = items
      @has_more = answer["has_more"]
      @next_cursor = answer["next_cursor"]
      @searched_to = moment(answer["searched_to"])
      @more = more
    end

    # Walks the items of this page.
    def each(&)
      return to_enum { size } unless block_given?

      @items.each(&)
      self
    end

    # @return [Integer] how many items this page has
    def size
      @items.size
    end
    alias length size

    # An item, or several, as of an Array.
    def [](*place)
      @items[*place]
    end

    # The last item, or so many of them.
    def last(...)
      @items.last(...)
    end

    def empty?
      @items.empty?
    end

    # Asks for the page after this one.
    #
    # @return [Page, nil] nil where this is the last
    def next_page
      return unless has_more && next_cursor
      raise Error, "this page is of no client: pass its `next_cursor` as `cursor`" unless @more

      @more.call(next_cursor)
    end

    # Walks the items of this page and of all that follow.
    #
    # @private
    def walk(&)
      page = self
      while page
        page.each(&)
        page = page.next_page
      end
    end

    # @return [Hash{Symbol => Object}] the fields; with a block, a Hash of the pairs that it makes of the items
    def to_h(&block)
      block ? super : fields
    end

    # The fields, for +case page in { has_more: true }+.
    def deconstruct_keys(_)
      to_h
    end

    def ==(other)
      other.instance_of?(self.class) && to_h == other.to_h
    end

    # Another process has another client.
    #
    # @private
    def marshal_dump
      [@name, @items, { "has_more" => has_more, "next_cursor" => next_cursor, "searched_to" => searched_to }]
    end

    # @private
    def marshal_load(dumped)
      initialize(*dumped, nil)
      freeze
    end

    private

    attr_reader :items

    # A point in time of an answer, or of a page that was dumped.
    def moment(value)
      value.is_a?(String) ? Time.iso8601(value).freeze : value
    end

    def fields
      shown = { @name => @items, has_more:, next_cursor: }
      searched_to ? { **shown, searched_to: } : shown
    end

    def printed
      to_h
    end
  end
end
