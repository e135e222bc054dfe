//! The display from outside the program: what other programs see on it, and keys as a keyboard sends them.

use super::patiently;
use std::thread;
use x11rb::{
    COPY_DEPTH_FROM_PARENT, CURRENT_TIME, NONE,
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ClientMessageEvent, ConnectionExt as _,
            CreateWindowAux, EventMask, InputFocus, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MOTION_NOTIFY_EVENT, MapState,
            PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, Window, WindowClass,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// Keys by their keysyms (X11, `keysymdef.h`).
pub mod key {
    /// Tab.
    pub const TAB: u32 = 0xff09;
    /// Return.
    pub const RETURN: u32 = 0xff0d;
    /// Shift, the left one.
    pub const SHIFT: u32 = 0xffe1;
    /// Escape.
    pub const ESCAPE: u32 = 0xff1b;
}

/// One connection to the display.
pub struct Display {
    connection: RustConnection,
    name: String,
    root: Window,
    own: Window,
}

impl Display {
    pub(super) fn open(name: &str) -> Self {
        let (connection, screen) = RustConnection::connect(Some(name)).expect("the display takes a connection");
        let root = connection.setup().roots[screen].root;
        let own = connection.generate_id().expect("an id is free");
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                own,
                root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &CreateWindowAux::new(),
            )
            .expect("a window can be made");
        Self { connection, name: name.to_owned(), root, own }
    }

    /// Waits for a window whose title contains `title`, and returns the whole title.
    pub fn waits_for(&self, title: &str) -> String {
        self.find(title).unwrap_or_else(|| panic!("no window “{title}” among {:?}", self.windows())).1
    }

    /// Waits until no window's title contains `title`.
    pub fn waits_until_gone(&self, title: &str) {
        let gone = patiently(|| self.windows().iter().all(|(_, found)| !found.contains(title)).then_some(()));
        assert!(gone.is_some(), "the window “{title}” stays: {:?}", self.windows());
    }

    /// The titles of the windows on the screen.
    pub fn titles(&self) -> Vec<String> {
        self.windows().into_iter().map(|(_, title)| title).collect()
    }

    /// Gives a window the focus, as a window manager would, and types keys on the keyboard.
    pub fn press(&self, title: &str, keysyms: &[u32]) {
        let (window, _) = self.find(title).unwrap_or_else(|| panic!("no window “{title}”"));
        self.type_into(window, keysyms);
    }

    fn type_into(&self, window: Window, keysyms: &[u32]) {
        self.connection.set_input_focus(InputFocus::PARENT, window, CURRENT_TIME).expect("the display listens");
        for &keysym in keysyms {
            let code = self.keycode(keysym);
            for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
                let typed = self.connection.xtest_fake_input(kind, code, CURRENT_TIME, self.root, 0, 0, 0);
                typed.expect("the display listens").check().expect("the display has XTEST");
            }
        }
    }

    /// Presses a mouse button (1 is left, 2 is middle) on a window, at a position in pixels from its left and upper
    /// edge.
    pub fn click(&self, title: &str, button: u8, x: i16, y: i16) {
        let (window, _) = self.find(title).unwrap_or_else(|| panic!("no window “{title}”"));
        let place = self.connection.translate_coordinates(window, self.root, x, y).expect("the display listens");
        let place = place.reply().expect("the window has a place");
        for (kind, button) in [(MOTION_NOTIFY_EVENT, 0), (BUTTON_PRESS_EVENT, button), (BUTTON_RELEASE_EVENT, button)] {
            let done =
                self.connection.xtest_fake_input(kind, button, CURRENT_TIME, self.root, place.dst_x, place.dst_y, 0);
            done.expect("the display listens").check().expect("the display has XTEST");
        }
    }

    /// Asks a window to close, as its close button does (ICCCM section 4.2.8.1), until it has: a new window may not
    /// listen yet.
    pub fn close(&self, title: &str) {
        let (protocols, delete) = (self.atom("WM_PROTOCOLS"), self.atom("WM_DELETE_WINDOW"));
        let gone = patiently(|| {
            let (window, _) = match self.windows().into_iter().find(|(_, found)| found.contains(title)) {
                Some(window) => window,
                None => return Some(()),
            };
            let message = ClientMessageEvent::new(32, window, protocols, [delete, CURRENT_TIME, 0, 0, 0]);
            // The window may be gone by now.
            let _ = self.connection.send_event(false, window, EventMask::NO_EVENT, message);
            let _ = self.connection.flush();
            None
        });
        assert!(gone.is_some(), "the window “{title}” does not close");
    }

    /// Presses a key without effect in the window of a process. WebDriver synthesises clicks and keys inside the web
    /// view, where the program does not see them; this one comes from the keyboard.
    pub(super) fn nudge(&self, process: u32) {
        let (pid, cardinal) = (self.atom("_NET_WM_PID"), AtomEnum::CARDINAL);
        let is_its = |window: Window| {
            let found = self.connection.get_property(false, window, pid, cardinal, 0, 1).ok()?.reply().ok()?;
            Some(found.value32()?.next()? == process)
        };
        let Some((window, _)) = self.windows().into_iter().find(|(window, _)| is_its(*window) == Some(true)) else {
            return;
        };
        self.type_into(window, &[key::SHIFT]);
    }

    fn find(&self, title: &str) -> Option<(Window, String)> {
        patiently(|| self.windows().into_iter().find(|(_, found)| found.contains(title)))
    }

    /// The visible windows with a title. A window may disappear before it is queried.
    fn windows(&self) -> Vec<(Window, String)> {
        let tree = self.connection.query_tree(self.root).expect("the display listens").reply().expect("a tree");
        let (title, utf8) = (self.atom("_NET_WM_NAME"), self.atom("UTF8_STRING"));
        let named = tree.children.into_iter().filter_map(|window| {
            let attributes = self.connection.get_window_attributes(window).ok()?.reply().ok()?;
            let named = self.connection.get_property(false, window, title, utf8, 0, 1024).ok()?.reply().ok()?;
            let is_seen = attributes.map_state == MapState::VIEWABLE && !named.value.is_empty();
            is_seen.then(|| (window, String::from_utf8_lossy(&named.value).into_owned()))
        });
        named.collect()
    }

    fn keycode(&self, keysym: u32) -> u8 {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self.connection.get_keyboard_mapping(first, last - first + 1).expect("the display listens");
        let mapping = mapping.reply().expect("a keyboard has a mapping");
        let width = usize::from(mapping.keysyms_per_keycode);
        let at = mapping.keysyms.chunks(width).position(|keysyms| keysyms.first() == Some(&keysym));
        first + u8::try_from(at.expect("the keyboard has that key")).expect("a keycode has eight bits")
    }

    fn atom(&self, name: &str) -> Atom {
        self.connection.intern_atom(false, name.as_bytes()).expect("the display listens").reply().expect("an atom").atom
    }

    /// The text of a selection ("CLIPBOARD" or "PRIMARY"), as a pasting program gets it.
    pub fn selection(&self, name: &str) -> Option<String> {
        self.selection_as(name, "UTF8_STRING")
    }

    /// What the owner of a selection answers to those who ask for one of its forms.
    pub fn selection_as(&self, name: &str, form: &str) -> Option<String> {
        let (selection, form, into) = (self.atom(name), self.atom(form), self.atom("WORKBENCH_TEST"));
        self.connection.convert_selection(self.own, selection, form, into, CURRENT_TIME).expect("the display listens");
        self.connection.flush().expect("the display listens");
        let told = patiently(|| match self.connection.poll_for_event() {
            Ok(Some(Event::SelectionNotify(told))) => Some(told),
            _ => None,
        });
        // If the owner does not answer, there is nothing to paste.
        if told?.property == NONE {
            return None;
        }
        let property = self.connection.get_property(true, self.own, into, AtomEnum::ANY, 0, u32::MAX / 4);
        let property = property.expect("the display listens").reply().expect("what was put there");
        (!property.value.is_empty()).then(|| String::from_utf8_lossy(&property.value).into_owned())
    }

    /// Puts a text into a selection, as another running program would.
    pub fn put(&self, name: &str, text: &str) {
        let other = Self::open(&self.name);
        let selection = other.atom(name);
        other.connection.set_selection_owner(other.own, selection, CURRENT_TIME).expect("the display listens");
        let owner = other.connection.get_selection_owner(selection).expect("the display listens").reply();
        assert_eq!(owner.expect("an answer").owner, other.own);
        let text = text.to_owned();
        // The thread ends with the display.
        thread::spawn(move || other.hand_out(&text));
    }

    fn hand_out(&self, text: &str) {
        let (utf8, targets) = (self.atom("UTF8_STRING"), self.atom("TARGETS"));
        while let Ok(event) = self.connection.wait_for_event() {
            match event {
                Event::SelectionRequest(asked) => {
                    let into = if asked.property == NONE { asked.target } else { asked.property };
                    let put = if asked.target == targets {
                        self.connection.change_property32(
                            PropMode::REPLACE,
                            asked.requestor,
                            into,
                            AtomEnum::ATOM,
                            &[targets, utf8],
                        )
                    } else {
                        self.connection.change_property8(
                            PropMode::REPLACE,
                            asked.requestor,
                            into,
                            utf8,
                            text.as_bytes(),
                        )
                    };
                    let told = SelectionNotifyEvent {
                        response_type: SELECTION_NOTIFY_EVENT,
                        sequence: 0,
                        time: asked.time,
                        requestor: asked.requestor,
                        selection: asked.selection,
                        target: asked.target,
                        property: into,
                    };
                    let sent = self.connection.send_event(false, asked.requestor, EventMask::NO_EVENT, told);
                    if put.is_err() || sent.is_err() || self.connection.flush().is_err() {
                        return;
                    }
                }
                Event::SelectionClear(_) => return,
                _ => {}
            }
        }
    }
}
