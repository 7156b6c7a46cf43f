"""A module after whose import nothing can be forked safely; a test has kernels load it."""

import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()
