"""A person's hands on the canvas: what they add, connect and fill in."""

from playwright.sync_api import Locator, Page, expect


class Drawing:
    """The builder, as somebody who draws sees it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.palette = page.get_by_role("complementary", name="Modules", exact=True)
        self.canvas = page.get_by_role("region", name="Canvas", exact=True)
        self.options = page.get_by_role("complementary", name="Configuration", exact=True)
        self.dock = page.get_by_role("region", name="Rows and runs", exact=True)
        self.edges = self.canvas.locator(".react-flow__edge")

    def step(self, label: str) -> Locator:
        """The box of a step."""
        name = self._page.get_by_role("button", name=f"Actions for {label}", exact=True)
        return self.canvas.locator(".react-flow__node").filter(has=name)

    def module(self, kind: str, name: str) -> Locator:
        """A module in the palette."""
        return self.palette.get_by_role("group", name=kind, exact=True).get_by_role("button", name=name, exact=True)

    def add(self, kind: str, name: str, label: str) -> None:
        """Click a module; its step gets a name of its own."""
        self.module(kind, name).click()
        self.name(label)

    def name(self, label: str) -> None:
        """Name the chosen step."""
        self.options.get_by_label("Name of the step").fill(label)
        expect(self.step(label)).to_be_visible()

    def choose(self, label: str) -> None:
        """Open a step's options."""
        self.step(label).click()
        expect(self.options.get_by_label("Name of the step")).to_have_value(label)

    def connect(self, source: str, target: str, handle: str | None = None) -> None:
        """Draw an edge with the mouse, from one handle to another."""
        before = self.edges.count()
        place = f'[data-handleid="{handle}"]' if handle else ""
        # A place is hovered at once it stands still.
        self.step(source).locator(".react-flow__handle.source").hover()
        self._page.mouse.down()
        self.step(target).locator(f".react-flow__handle.target{place}").hover(force=True)
        self._page.mouse.up()
        expect(self.edges).to_have_count(before + 1)

    def write(self, option: str, code: str) -> None:
        """Write an expression; the list that completes it is left alone."""
        field = self.options.get_by_role("textbox", name=option, exact=True)
        field.fill(code)
        field.press("Escape")
