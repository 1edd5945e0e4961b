"""The vault keeps what it holds, from the page's scripts and over changes of the page."""

from __future__ import annotations

import os

import pytest

STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'"
STRICT_BLOB = STRICT.replace("worker-src 'self'", "worker-src blob:")
#: What `sum` of the tests' module says of a file, or which error there is.
COUNT = "file => bridge.call('echo', 'sum', [file]).then(({ value }) => Number(value), error => error.name)"
SUM = """async bytes => (await bridge.call('echo', 'sum', [new Uint8Array(bytes)])).value.toString()"""


@pytest.mark.parametrize(
    ("policy", "isolated", "home"),
    [
        (None, False, "vault"),
        (None, True, "vault"),
        (STRICT_BLOB, False, "vault"),
        (STRICT, False, "workers"),
        (STRICT, True, "workers"),
        ("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:", False, "vault"),
    ],
)
def test_on_each_kind_of_page(page, serve, start, policy, isolated, home):
    """Where the page forbids the vault, plain workers are used, and the ledger says so."""
    assert start(page, serve(policy, isolated=isolated)) == home
    assert page.evaluate("crossOriginIsolated") is isolated
    assert page.evaluate(SUM, [1, 2, 250]) == "253"
    notes = page.evaluate("bridge.ledger.crossings.filter(c => c.what.startsWith('Plain workers'))")
    assert len(notes) == (1 if home == "workers" else 0)


@pytest.mark.parametrize("home", ["vault", "workers"])
def test_private_files(page, serve, start, home):
    """A file is named, described and worked on where it is; its bytes come out by `pull` alone."""
    assert start(page, serve(), home) == home
    found = page.evaluate("""async () => {
      const file = await bridge.put(new File([new Uint8Array([1, 2, 3])], 'secret.bin', {type: 'image/x'}));
      const sum = (await bridge.call('echo', 'sum', [file])).value;
      const { value: twice } = await bridge.call('echo', 'echo-list-u8', [file], { keep: 'copy.bin' });
      const before = bridge.ledger.total(bridge.home, 'page');
      const bytes = await bridge.pull(twice);
      const after = bridge.ledger.total(bridge.home, 'page');
      await bridge.forget(file);
      const gone = await bridge.pull(file).catch(error => `${error.name} ${error.code}`);
      return [file, Number(sum), twice, before, after, [...bytes], gone];
    }""")
    assert found[2].pop("$file") > found[0].pop("$file") > 0
    assert found == [
        {"name": "secret.bin", "size": 3, "type": "image/x"},
        6,
        {"name": "copy.bin", "size": 3, "type": ""},
        0,
        3,
        [1, 2, 3],
        "ClosedError closed",
    ]


def test_the_ledger_has_every_crossing(page, serve, start):
    start(page, serve())
    crossings = page.evaluate("""async () => {
      const seen = [];
      const stop = bridge.ledger.observe(crossing => seen.push(crossing));
      await bridge.call('echo', 'echo-list-u8', [new Uint8Array(1000)]);
      await bridge.put(new File(['abcd'], 'four.txt'));
      stop();
      await bridge.call('echo', 'nothing', []);
      return seen.map(({from, to, what, bytes}) => [from, to, what, bytes]);
    }""")
    assert crossings == [
        ["page", "vault", "echo echo-list-u8", 1000],
        ["vault", "page", "echo echo-list-u8", 1000],
        ["page", "vault", "four.txt", 4],
    ]


def test_the_page_cannot_look_inside(page, serve, start, inside):
    start(page, serve())
    inside(page).evaluate("document.documentElement.dataset.secret = 'secret'")
    tries = page.evaluate("""() => {
      const outer = document.querySelector('iframe'), results = [];
      const attempts = [
        () => outer.contentDocument, () => outer.contentWindow.document,
        () => outer.contentWindow[0].document,
        () => outer.contentWindow[0].wasmcell, () => outer.contentWindow[0].location.href,
        () => outer.contentWindow[0].eval('1'), () => outer.contentWindow[0].URL
      ];
      for (const attempt of attempts) {
        try { results.push(attempt()); } catch (error) { results.push(error.name); }
      }
      return results;
    }""")
    assert tries == [None, *["SecurityError"] * 6]


def test_a_second_port_is_not_taken(page, serve, start, inside):
    """Whoever comes after the page's bridge gets no answer."""
    start(page, serve())
    answer = page.evaluate("""() => new Promise(resolve => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve('answered');
      const vault = document.querySelector('iframe').contentWindow[0];
      vault.postMessage({wasmcell: 'vault', worker: '', pool: {}}, '*', [port2]);
      port1.postMessage({id: 1, method: 'pull', args: [{$file: 1}]});
      setTimeout(() => resolve('silence'), 1000);
    })""")
    assert answer == "silence"


def test_moving_what_is_on_the_page_loses_nothing(page, serve, start):
    """The vault hangs on the body itself, so it stays where it is whatever a front-end moves."""
    start(page, serve())
    kept = page.evaluate("""async () => {
      const { body } = document;
      const panel = body.appendChild(document.createElement('div'));
      const other = body.appendChild(document.createElement('div'));
      const view = panel.appendChild(document.createElement('iframe'));
      view.srcdoc = '<p>a view of one front-end';
      const file = await bridge.put(new File(['abc'], 'kept.txt'));
      const session = await bridge.session('echo');
      const { value: counter } = await session.call('[constructor]counter', [5]);
      other.append(view);
      body.prepend(other);
      panel.remove();
      await new Promise(resolve => setTimeout(resolve, 300));
      const { value: six } = await session.call('[method]counter.add', [counter, 1]);
      return [new TextDecoder().decode(await bridge.pull(file)), six];
    }""")
    assert kept == ["abc", 6]


@pytest.mark.parametrize("home", ["vault", "workers"])
def test_an_endless_call_is_aborted(page, serve, start, home):
    start(page, serve(), home)
    names = page.evaluate("""async () => {
      const controller = new AbortController();
      const endless = bridge.call('echo', 'spin', [], { signal: controller.signal });
      setTimeout(() => controller.abort(), 200);
      const first = await endless.catch(error => error);
      const limits = { seconds: 0.2 };
      const second = await bridge.call('echo', 'spin', [], { limits }).catch(error => error);
      const third = await bridge.call('echo', 'fail', ['malformed', 'cut']).catch(error => error);
      const fourth = await bridge.call('echo', 'trap', []).catch(error => error);
      const { value } = await bridge.call('echo', 'echo-u8', [7]);
      const errors = [first, second, third, fourth];
      return errors.map(({name, code, answered}) => [name, code, answered]).concat(value);
    }""")
    assert names == [
        ["CancelledError", "cancelled", False],
        ["LimitExceededError", "limit-exceeded", False],
        ["MalformedError", "malformed", True],
        ["TrappedError", "trapped", False],
        7,
    ]


def test_arguments_stay_the_callers_unless_handed_over(page, serve, start):
    start(page, serve())
    lengths = page.evaluate("""async () => {
      const whole = new Uint8Array(1000), given = new Uint8Array(9);
      const part = new Uint8Array(new ArrayBuffer(1000), 10, 20);
      await bridge.call('echo', 'sum', [whole]);
      const { value } = await bridge.call('echo', 'echo-list-u8', [part]);
      await bridge.call('echo', 'sum', [given], { transfer: true });
      return [whole.length, part.length, value.length, value.buffer.byteLength, given.length];
    }""")
    assert lengths == [1000, 20, 20, 20, 0]


def test_a_module_that_is_not_the_one_described_is_refused(page, serve, start):
    start(page, serve())
    message = page.evaluate("""async () => {
      const { description } = await wasmcell.moduleAt(new URL('modules/echo.wasm', location.href));
      const other = { ...description, module: 'other', sha256: '0'.repeat(64) };
      const bytes = async () => new Uint8Array(await (await fetch('modules/echo.wasm')).arrayBuffer());
      bridge.modules.add({ description: other, bytes });
      return bridge.call('other', 'nothing', []).catch(error => `${error.code}: ${error.message}`);
    }""")
    assert message.startswith("module: Module other is not the one described")


#: What happens to the vault's frame.
LOSSES = {
    "removed": "document.querySelector('iframe').remove()",
    "moved": "document.body.appendChild(document.createElement('div')).append(document.querySelector('iframe'))",
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
def test_a_vault_that_is_lost(page, serve, start, zone, loss):
    """What waits for it, and what comes, fails and says what to do; also where ports do not tell of it."""
    page.add_init_script("""
      const { addEventListener } = EventTarget.prototype;
      MessagePort.prototype.addEventListener = function (name, ...rest) {
        if (name !== 'close') addEventListener.call(this, name, ...rest);
      };
    """)
    start(page, serve())
    shown = zone()
    shown.choose(a=b"abc")
    said = "The vault is gone from this page, and with it the files that it kept: reload the page, and choose them again."
    assert said not in shown.text()
    errors = page.evaluate(f"""async () => {{
      const file = await bridge.put(new File(['abc'], 'a.txt'));
      const endless = bridge.call('echo', 'spin', []).catch(error => error);
      await new Promise(resolve => setTimeout(resolve, 200));
      {loss};
      const later = [bridge.pull(file), bridge.consent(file), bridge.save(file, 'a.txt'), bridge.status()];
      const errors = await Promise.all([endless, ...later.map(one => one.catch(error => error))]);
      return errors.map(({{ name, message }}) => `${{name}}: ${{message}}`);
    }}""")
    assert errors == [f"ClosedError: {said}"] * 5
    shown.until(lambda: said in shown.text())
    # Nor does it take what comes, as when it was on its way.
    shown.frame.evaluate("document.querySelector('[role=alert]').textContent = ''")
    shown.put(late=b"late")
    shown.until(lambda: said in shown.text())
    assert "late.png" not in shown.text()


def test_a_drop_zone_that_comes_after_the_loss(page, serve, start, zone):
    start(page, serve())
    page.evaluate(LOSSES["removed"])
    late = zone()
    late.until(lambda: "The vault is gone from this page" in late.text())


def test_equal_files_of_one_choice_are_both_kept(page, serve, start, zone, tmp_path):
    """As those in two folders; when they are chosen again, nothing new comes."""
    for folder in ("a", "b"):
        (tmp_path / "all" / folder).mkdir(parents=True)
        (tmp_path / "all" / folder / "x.png").write_bytes(b"the same")
    start(page, serve())
    shown = zone()
    shown.frame.set_input_files("input[webkitdirectory]", tmp_path / "all")
    shown.until(lambda: len(shown.heard("chosen")) == 2)
    assert "kept once" not in shown.text()
    shown.frame.set_input_files("input[webkitdirectory]", tmp_path / "all")
    shown.until(lambda: len(shown.heard("removed")) == 2)
    assert "Chosen before, and kept once: x.png, x.png" in shown.text()
    kept, new = shown.heard("kept")[:2], shown.heard("kept")[2:]
    assert {file["$file"] for file in new} == set(shown.heard("removed"))
    assert [file["$file"] for file in shown.heard("chosen")] == [file["$file"] for file in kept]


def test_a_file_that_is_chosen_again_after_it_was_changed(page, serve, start, zone, tmp_path):
    """What cannot be read any more does not stand for what can."""
    file = tmp_path / "x.png"
    file.write_bytes(b"the same")
    start(page, serve())
    shown = zone()
    shown.put(file)
    shown.until(lambda: shown.heard("chosen"))
    file.unlink()
    file.write_bytes(b"the same")
    os.utime(file, (1, 1))
    shown.put(file)
    shown.until(lambda: len(shown.heard("chosen")) == 2)
    old, new = shown.heard("chosen")
    assert shown.heard("removed") == []
    assert [page.evaluate(COUNT, old), page.evaluate(COUNT, new)] == ["ClosedError", sum(b"the same")]


def test_where_one_file_is_asked_for_it_stays_until_another_is_read(page, serve, start, zone):
    start(page, serve())
    shown = zone(multiple=False)
    [first] = shown.choose(x=b"the same")
    shown.put(x=b"the same")
    shown.until(lambda: "kept once: x.png" in shown.text())
    _, again = shown.heard("kept")
    assert shown.heard("removed") == [again["$file"]]
    assert page.evaluate(COUNT, first) == sum(b"the same")
    [other] = shown.choose(x=b"another")
    assert shown.heard("removed") == [again["$file"], first["$file"]]
    assert shown.frame.locator("li").count() == 1
    assert page.evaluate(COUNT, other) == sum(b"another")
    # The page hears of both at once: no moment is without a file.
    words = page.evaluate("heard[0].filter(word => !('height' in word)).map(word => Object.keys(word)[0])")
    assert words == ["kept", "chosen", "kept", "removed", "kept", "removed", "chosen"]


def test_views_speak_the_pages_language(page, serve, start):
    """But not the question, which the page could turn round."""
    start(page, serve())
    page.evaluate("""async () => {
      const at = name => new URL(name, location.href);
      const scripts = { worker: at('static/worker.js'), vault: at('static/vault-frame.js') };
      const trans = (text, ...args) => `«${text.replace(/%(\\d)/g, (_, place) => args[place - 1])}»`;
      const bridge = await wasmcell.Bridge.start({ scripts, trans });
      const options = { accept: '.png', multiple: true, label: 'Choose', files: [], lost: false, missing: ['a', 'b', 'c', 'd'] };
      document.body.append(bridge.view('pick', () => options, 76).element);
      void bridge.consent(await bridge.put(new File(['abc'], 'a.txt'))).catch(() => undefined);
    }""")
    said = {".zone": "", ".question": ""}
    for _ in range(200):
        for frame in page.frames:
            for selector in said:
                if frame.url == "about:srcdoc" and frame.query_selector(selector):
                    said[selector] = frame.inner_text("body")
        if all(said.values()):
            break
        page.wait_for_timeout(50)
    assert "«Choose files…»" in said[".zone"]
    assert "must be chosen again: «a, b, c and 1 more»»" in said[".zone"]
    assert said[".question"].split("\n")[0].startswith("Send a.txt (3 B) to the kernel?")


def test_a_closed_bridge_says_so(page, serve, start):
    start(page, serve())
    code = page.evaluate("""async () => {
      const endless = bridge.call('echo', 'spin', []).catch(error => error.code);
      await new Promise(resolve => setTimeout(resolve, 200));
      bridge.close();
      const next = await bridge.call('echo', 'nothing', []).catch(error => error.code);
      return [await endless, next, document.querySelectorAll('iframe').length];
    }""")
    assert code == ["closed", "closed", 0]
