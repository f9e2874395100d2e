#!/usr/bin/env python3
"""What the check of the Dockerfile accepts and what it refuses, on small Dockerfiles in repositories of their own."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

import container
import context
import dockerfile
import root
from build import Build, build

FOLDER = Path(__file__).resolve().parents[2] / "target/ci/image-test"


def setUpModule() -> None:
    root.remove(FOLDER)
    FOLDER.mkdir(parents=True)
    root.enter_namespace()


def image(lines: str, files: dict[str, str] | None = None, ignore: str = "", untracked: str | None = None) -> Build:
    """The last stage, built in a new repository that has the files."""
    repository = Path(tempfile.mkdtemp(dir=FOLDER))
    for name, text in {"Dockerfile": lines, ".dockerignore": ignore, **(files or {})}.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    subprocess.run(["git", "init", "--quiet", repository], check=True)
    subprocess.run(["git", "-C", repository, "add", "."], check=True)
    if untracked is not None:
        (repository / untracked).touch()
    work = repository / "target"
    context.create(repository, work / "context")
    return build(dockerfile.read(repository / "Dockerfile"), work / "context", work)[-1]


class Copies(unittest.TestCase):
    def refuses(self, message: str, lines: str, **repository) -> None:
        with self.assertRaises(dockerfile.Failure) as refusal:
            image(lines, **repository)
        self.assertEqual(str(refusal.exception), message)

    def test_a_missing_file_is_refused(self):
        self.refuses("line 2: COPY LICENSE /: LICENSE is not in the build context", "FROM a\nCOPY LICENSE /\n")

    def test_a_missing_file_is_refused_before_the_first_command(self):
        reason = "line 4: COPY LICENSE /: LICENSE is not in the build context"
        self.refuses(reason, "FROM a\nRUN exit 3\nFROM b\nCOPY LICENSE /\n")

    def test_a_file_that_dockerignore_leaves_out_is_refused(self):
        files = {"kept/one": "", "kept/two.db": ""}
        reason = "line 3: COPY kept/two.db /: kept/two.db is not in the build context"
        lines = "FROM a\nCOPY kept/one /\nCOPY kept/two.db /\n"
        self.refuses(reason, lines, files=files, ignore="# a comment\n*\n!kept\n**/*.db\n")

    def test_an_untracked_file_is_refused(self):
        reason = "line 2: COPY untracked /: untracked is not in the build context"
        self.refuses(reason, "FROM a\nCOPY untracked /\n", untracked="untracked")

    def test_a_file_outside_the_context_is_refused(self):
        reason = "line 2: COPY ../Dockerfile /x/: ../Dockerfile is not in the build context"
        self.refuses(reason, "FROM a\nCOPY ../Dockerfile /x/\n", ignore="*")

    def test_a_file_that_the_earlier_stage_lacks_is_refused(self):
        lines = "FROM a AS first\nWORKDIR /x\nFROM b\nCOPY --from=first /x/y /\n"
        self.refuses("line 4: COPY --from=first /x/y /: /x/y is not in stage first", lines)

    def test_an_unknown_stage_is_refused(self):
        reason = "line 2: COPY --from=first /x /: no earlier stage is named first"
        self.refuses(reason, "FROM a\nCOPY --from=first /x /\n")

    def test_a_folder_is_copied_without_its_name_and_a_file_with_it(self):
        files = {"folder/.hidden": "1", "folder/below/two": "2", "three": "3"}
        copied = image("FROM a\nWORKDIR /x\nCOPY folder three ./\nCOPY three four\n", files=files).root.at("/x")
        found = {str(path.relative_to(copied)): path.read_text() for path in copied.rglob("*") if path.is_file()}
        self.assertEqual(found, {".hidden": "1", "below/two": "2", "three": "3", "four": "3"})

    def test_a_stage_copies_from_an_earlier_one_with_the_owner_given(self):
        lines = "FROM a AS first\nRUN mkdir --parents /x/y && echo text >/x/y/z\nFROM b\nCOPY --from=first --chown=7:8 /x /x\n"
        copied = image(lines).root
        owners = {path: ((copied.at(path).stat().st_uid), copied.at(path).stat().st_gid) for path in ("/x", "/x/y", "/x/y/z")}
        self.assertEqual(owners, dict.fromkeys(("/x", "/x/y", "/x/y/z"), (7, 8)))
        self.assertEqual(copied.at("/x/y/z").read_text(), "text\n")

    def test_a_copy_into_a_folder_of_this_machine_stays_in_the_stage(self):
        copied = image("FROM a\nCOPY file /usr/local/bin/of-the-image-test\n", files={"file": "text"})
        self.assertEqual(copied.root.at("/usr/local/bin/of-the-image-test").read_text(), "text")
        self.assertFalse(Path("/usr/local/bin/of-the-image-test").exists())


class Commands(unittest.TestCase):
    def output(self, lines: str) -> str:
        return image(lines).root.at("/x/output").read_text()

    def test_a_command_has_the_folder_the_environment_and_the_user_of_the_stage(self):
        lines = """FROM a
WORKDIR /x
RUN chmod 777 .
ENV ONE=1 TWO="two words"
USER 7:8
RUN echo "$PWD $(id -u):$(id -g) $(id -G)" >output \\
    # a comment
    && echo "$ONE $TWO" >>output
"""
        self.assertEqual(self.output(lines), "/x 7:8 8\n1 two words\n")

    def test_a_failing_command_is_refused(self):
        with self.assertRaises(dockerfile.Failure) as refusal:
            image("FROM a\nRUN exit 3\n")
        self.assertEqual(str(refusal.exception), "line 2: RUN exit 3: exit code 3")

    def test_a_command_cannot_write_to_this_machine(self):
        places = ("/usr", "/etc", "/root", "/var", FOLDER)
        attempts = "; ".join(f"touch {place}/z && echo {place} >>output" for place in places)
        self.assertEqual(self.output(f"FROM a\nWORKDIR /x\nRUN touch output; exec 2>output.errors; {attempts}; true\n"), "")

    def test_a_folder_of_the_dockerfile_hides_one_of_this_machine(self):
        expected = "ls: cannot access '/mnt': No such file or directory\n/srv\n"
        self.assertEqual(self.output("FROM a\nWORKDIR /x\nVOLUME /mnt\nRUN ls -d /mnt /srv >output 2>&1; true\n"), expected)

    def test_packages_are_not_installed(self):
        self.assertFalse(image("FROM a\nRUN apt-get update && touch /done\n").root.at("/done").exists())


class Syntax(unittest.TestCase):
    def test_an_instruction_that_the_check_cannot_execute_is_refused(self):
        for line in ("ADD a /", "ARG A=1", 'SHELL ["/bin/bash"]', "RUN --mount=type=cache,target=/x true", "COPY --chmod=755 a /"):
            with self.subTest(line), self.assertRaises(dockerfile.Failure) as refusal:
                image(f"FROM a\n{line}\n")
            self.assertEqual(str(refusal.exception), f"line 2: {line}: .ci/image does not support this")

    def test_an_earlier_stage_as_the_base_is_refused(self):
        with self.assertRaises(dockerfile.Failure) as refusal:
            image("FROM a AS first\nFROM first\n")
        self.assertEqual(str(refusal.exception), "line 2: FROM first: a stage as the base of another is not supported")

    def test_an_image_without_a_health_check_is_refused(self):
        with self.assertRaises(dockerfile.Failure) as refusal:
            container.program(image('FROM a\nENTRYPOINT ["sh"]\n'))
        self.assertEqual(str(refusal.exception), "the last stage needs an ENTRYPOINT and a HEALTHCHECK")

    def test_a_program_that_is_not_in_path_is_refused(self):
        with self.assertRaises(dockerfile.Failure) as refusal:
            container.program(image('FROM a\nENTRYPOINT ["of-the-image-test"]\nHEALTHCHECK --timeout=3s CMD ["true"]\n'))
        self.assertEqual(str(refusal.exception), "ENTRYPOINT: of-the-image-test is not in PATH")


if __name__ == "__main__":
    unittest.main(verbosity=2, buffer=True)
