"""Keys and the secrets under them with boto3, before and after a day has passed."""

import json
import unittest

import boto3
import botocore.config
import botocore.exceptions

from lab_process import LabProcess

DAY_SECONDS = 86_400
REGION = "us-east-1"
NO_RETRIES = botocore.config.Config(retries={"max_attempts": 0})
OWNER = "111111111111"
OTHER = "999999999999"


class Keys(unittest.TestCase):
    """One lab for each test. An account that nobody stated is there as soon as it calls."""

    def setUp(self):
        self.lab = LabProcess()
        self.addCleanup(self.lab.stop)

    def client(self, service, key, secret="test"):
        return boto3.client(
            service,
            endpoint_url=self.lab.endpoints["aws"]["endpoint"],
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=NO_RETRIES,
        )

    def user(self, account, name, *statements):
        """The access key of a user with one inline policy."""
        iam = self.client("iam", account)
        iam.create_user(UserName=name)
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(document))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return key["AccessKeyId"], key["SecretAccessKey"]

    def refused(self, code, call, **arguments):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(**arguments)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def test_a_key_encrypts_and_its_context_counts(self):
        kms = self.client("kms", OWNER)
        key = kms.create_key(Description="of the test")["KeyMetadata"]
        kms.create_alias(AliasName="alias/test", TargetKeyId=key["KeyId"])
        context = {"tenant": "a"}
        sealed = kms.encrypt(KeyId="alias/test", Plaintext=b"text", EncryptionContext=context)
        for when in ("before", "after"):
            with self.subTest(when):
                opened = kms.decrypt(
                    CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context
                )
                self.assertEqual(opened["Plaintext"], b"text")
                self.assertEqual(opened["KeyId"], key["Arn"])
                self.refused(
                    "InvalidCiphertextException",
                    kms.decrypt,
                    CiphertextBlob=sealed["CiphertextBlob"],
                )
            self.lab.advance(DAY_SECONDS)
        data_key = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256")
        self.assertEqual(len(data_key["Plaintext"]), 32)
        opened = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])
        self.assertEqual(opened["Plaintext"], data_key["Plaintext"])

    def test_a_grant_lets_another_account_in_with_its_own_permission(self):
        kms = self.client("kms", OWNER)
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        may = {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": arn}
        able = self.client("kms", *self.user(OTHER, "able", may))
        other = {**may, "Action": "kms:Decrypt"}
        unable = self.client("kms", *self.user(OTHER, "unable", other))
        self.refused("AccessDeniedException", able.encrypt, KeyId=arn, Plaintext=b"text")
        for name in ("able", "unable"):
            grant = kms.create_grant(
                KeyId=arn,
                GranteePrincipal=f"arn:aws:iam::{OTHER}:user/{name}",
                Operations=["Encrypt"],
            )
        able.encrypt(KeyId=arn, Plaintext=b"text")
        self.refused("AccessDeniedException", unable.encrypt, KeyId=arn, Plaintext=b"text")
        pages = kms.get_paginator("list_grants").paginate(
            KeyId=arn, PaginationConfig={"PageSize": 1}
        )
        grants = [grant for page in pages for grant in page["Grants"]]
        self.assertEqual(len(grants), 2)
        self.assertIn(grant["GrantId"], [grant["GrantId"] for grant in grants])
        for grant in grants:
            kms.revoke_grant(KeyId=arn, GrantId=grant["GrantId"])
        self.refused("AccessDeniedException", able.encrypt, KeyId=arn, Plaintext=b"text")

    def test_a_secret_opens_for_who_may_use_its_key(self):
        kms, secrets = self.client("kms", OWNER), self.client("secretsmanager", OWNER)
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        secrets.create_secret(Name="db", SecretString="example", KmsKeyId=arn)
        read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        through = {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": arn,
            "Condition": {
                "StringEquals": {"kms:ViaService": f"secretsmanager.{REGION}.amazonaws.com"},
                "StringLike": {
                    "kms:EncryptionContext:SecretARN": f"arn:aws:secretsmanager:{REGION}:{OWNER}:secret:db-*"
                },
            },
        }
        keyless = self.client("secretsmanager", *self.user(OWNER, "keyless", read))
        reader = self.client("secretsmanager", *self.user(OWNER, "reader", read, through))
        message = self.refused("AccessDeniedException", keyless.get_secret_value, SecretId="db")
        self.assertEqual(message, "Access to KMS is not allowed")
        self.assertEqual(reader.get_secret_value(SecretId="db")["SecretString"], "example")
        kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
        self.refused("DecryptionFailure", reader.get_secret_value, SecretId="db")
        self.lab.advance(7 * DAY_SECONDS)
        self.refused("NotFoundException", kms.describe_key, KeyId=arn)
        self.refused("AccessDeniedException", reader.get_secret_value, SecretId="db")


if __name__ == "__main__":
    unittest.main()
