"""Why a place is not edited, and what a person does instead."""


class Refusal(Exception):
    def __init__(self, why, instead=""):
        super().__init__(why)
        self.why, self.instead = why, instead
